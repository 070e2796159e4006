import { isUtf8 } from 'node:buffer'
import { analyse } from 'chardet'
import type { FileBytes } from './sheet.ts'

const MARK = Buffer.from('\ufeff')
const SAMPLE = 128 * 1024
/** An 8-bit text's letters seldom pass for UTF-8; a UTF-8 text has many whole ones for each broken one. */
const WHOLE_PER_BROKEN = 4
/** So many broken letters tell what the rest is. */
const ENOUGH = 10_000
/** Below, or when hardly better than the encoding of Western Europe, a guess is none. */
const LEAST_CONFIDENCE = 30
const WESTERN = 'windows-1252'

/** As TextDecoder names it. */
export async function detectEncoding(file: FileBytes, head: Buffer): Promise<string> {
  if (head.subarray(0, MARK.length).equals(MARK)) return 'utf-8'
  const utf16 = guessUtf16(head)
  if (utf16) return utf16
  const { whole, broken, sample } = await countLetters(file)
  if (whole >= broken * WHOLE_PER_BROKEN) return 'utf-8'
  return guessLegacy(Buffer.concat(sample))
}

/** By its mark, or without one by the NULs that every Western letter has for its other half. */
export function guessUtf16(head: Buffer): 'utf-16le' | 'utf-16be' | null {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  const pairs = Math.floor(head.length / 2)
  let [even, odd] = [0, 0]
  for (let at = 0; at < pairs * 2; at += 2) {
    if (head[at] === 0) even++
    if (head[at + 1] === 0) odd++
  }
  if (odd > pairs / 4 && even <= odd / 8) return 'utf-16le'
  if (even > pairs / 4 && odd <= even / 8) return 'utf-16be'
  return null
}

/** The letters beyond ASCII, as UTF-8; the sample is of the chunks with broken ones. */
async function countLetters(file: FileBytes): Promise<{ whole: number; broken: number; sample: Buffer[] }> {
  const counted = { whole: 0, broken: 0, sample: [] as Buffer[] }
  let sampled = 0
  let rest: Buffer = Buffer.alloc(0)
  for await (const bytes of file.stream()) {
    const chunk = rest.length ? Buffer.concat([rest, bytes]) : bytes
    const end = lastWhole(chunk)
    rest = chunk.subarray(end)
    count(chunk.subarray(0, end))
    if (counted.broken > ENOUGH) return counted
  }
  count(rest)
  return counted

  function count(chunk: Buffer): void {
    const isBroken = !isUtf8(chunk)
    // Until something is broken, whole letters need no more than a look.
    if (!isBroken && counted.whole > 1000 && counted.broken === 0) return
    const text = chunk.toString('utf8')
    counted.whole += text.match(/[^\0-\x7f\ufffd]/gu)?.length ?? 0
    if (!isBroken) return
    counted.broken += text.match(/\ufffd/g)?.length ?? 0
    if (sampled < SAMPLE) counted.sample.push(Buffer.from(chunk.subarray(0, SAMPLE)))
    sampled += chunk.length
  }
}

/** Where a letter may be cut in two: its first byte is among the last three. */
function lastWhole(chunk: Buffer): number {
  for (let back = 1; back <= Math.min(3, chunk.length); back++) {
    const byte = chunk[chunk.length - back] ?? 0
    if (byte < 0x80) break
    if (byte >= 0xc0) {
      const bytes = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
      return bytes > back ? chunk.length - back : chunk.length
    }
  }
  return chunk.length
}

function guessLegacy(sample: Buffer): string {
  const guesses = analyse(sample).filter(({ name }) => name !== 'UTF-8')
  const [best] = guesses
  const western = guesses.find(({ name }) => name === WESTERN || name === 'ISO-8859-1')
  if (!best || best.confidence < LEAST_CONFIDENCE || best.confidence <= (western?.confidence ?? 0)) return WESTERN
  return isKnown(best.name) ? best.name.toLowerCase() : WESTERN
}

function isKnown(name: string): boolean {
  try {
    new TextDecoder(name)
    return true
  } catch {
    return false
  }
}
