import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'

const FORM = 'application/x-www-form-urlencoded'
const LARGEST_FORM = 64 * 1024
const MEGABYTE = 1024 * 1024

/** A body that no page of ours sends. */
export interface Hostile {
  what: string
  headers: Record<string, string>
  body: Buffer
  /** Refused as too large, whereas other bodies are of a kind that is not read. */
  isTooMuch?: boolean
  /** Its head does not say how much there is. */
  isUnmeasured?: boolean
}

const form = { 'content-type': FORM }
const fields = (count: number) => Buffer.from(Array.from({ length: count }, (_, n) => `f${n}=1`).join('&'))
const large = (bytes: number) => Buffer.from(`name=${'x'.repeat(bytes)}`)

export const HOSTILE: Hostile[] = [
  { what: 'too large', headers: form, body: large(LARGEST_FORM), isTooMuch: true },
  { what: 'too large in pieces', headers: form, body: large(LARGEST_FORM), isTooMuch: true, isUnmeasured: true },
  { what: 'too many fields', headers: form, body: fields(1_001), isTooMuch: true, isUnmeasured: true },
  { what: 'compressed', headers: { ...form, 'content-encoding': 'gzip' }, body: gzipSync(large(5 * MEGABYTE)) },
  { what: 'said to be compressed', headers: { ...form, 'content-encoding': 'br' }, body: large(1) },
  ...['application/json', 'nonsense', `${FORM}x`].map((type) => ({
    what: type,
    headers: { 'content-type': type },
    body: Buffer.from('{"name":"x"}')
  })),
  { what: 'no type', headers: {}, body: large(1) }
]

export const MULTIPART: Hostile = {
  what: 'a file',
  headers: { 'content-type': 'multipart/form-data; boundary=x' },
  body: Buffer.from('--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n')
}

/** Gives a body out in pieces of 16 KB, and says how much of it was asked for. */
export function watched(body: Buffer) {
  let given = 0
  const stream = new Readable({
    highWaterMark: 1,
    read() {
      const piece = body.subarray(given, given + 16 * 1024)
      given += piece.length
      this.push(piece.length ? piece : null)
    }
  })
  return { stream, given: () => given }
}
