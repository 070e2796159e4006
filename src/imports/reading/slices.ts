/** Cuts bytes into pieces of at most `most` bytes. */
export function* slices(bytes: Buffer, most: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += most) yield bytes.subarray(at, at + most)
}
