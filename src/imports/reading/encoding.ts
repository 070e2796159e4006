import { isUtf8 } from 'node:buffer'
import { analyse } from 'chardet'
import type { FileBytes } from './sheet.ts'

const MARK = Buffer.from('\ufeff')
const SAMPLE = 128 * 1024
/**
 * A file with at least this many valid characters for each broken one is UTF-8. An 8-bit text seldom has valid ones.
 */
const WHOLE_PER_BROKEN = 4
/** With this many broken characters, the rest of the file needn't be read. */
const ENOUGH = 10_000
/**
 * The least confidence of a guess. Below this, or if it is hardly better than Western Europe's encoding, the latter is
 * assumed.
 */
const LEAST_CONFIDENCE = 30
const WESTERN = 'windows-1252'

/** Finds a file's encoding, by TextDecoder's name for it. */
export async function detectEncoding(file: FileBytes, head: Buffer): Promise<string> {
  if (head.subarray(0, MARK.length).equals(MARK)) return 'utf-8'
  const utf16 = guessUtf16(head)
  if (utf16) return utf16
  const { whole, broken, sample } = await countLetters(file)
  if (whole >= broken * WHOLE_PER_BROKEN) return 'utf-8'
  return guessLegacy(Buffer.concat(sample))
}

/** Recognises UTF-16 by its byte order mark or, without one, by the zero bytes beside Western letters. */
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

/** Counts the characters beyond ASCII, read as UTF-8. The sample has the chunks with broken ones. */
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
    // As long as nothing is broken, the characters of further chunks are not counted.
    if (!isBroken && counted.whole > 1000 && counted.broken === 0) return
    const text = chunk.toString('utf8')
    counted.whole += text.match(/[^\0-\x7f\ufffd]/gu)?.length ?? 0
    if (!isBroken) return
    counted.broken += text.match(/\ufffd/g)?.length ?? 0
    if (sampled < SAMPLE) counted.sample.push(Buffer.from(chunk.subarray(0, SAMPLE)))
    sampled += chunk.length
  }
}

/**
 * The length of a chunk without a character that is cut at its end. Such a character begins in the last three bytes.
 */
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
