import { isDateFormat, serialToDate } from '../../lib/hucre.ts'
import { readWholeXml } from './xml.ts'

/** Whether a built-in format shows a day. Formats of a time of day alone don't count. */
const isBuiltInDay = (id: number) =>
  (id >= 14 && id <= 17) || id === 22 || (id >= 27 && id <= 36) || (id >= 50 && id <= 58)
const DAY = 'yyyy-mm-dd'
const LONGEST_CODE = 255
const LAST_SERIAL = 2_958_465

/** The format code of each cell style. */
export async function readNumberFormats(chunks: AsyncIterable<Buffer>): Promise<string[]> {
  const codes = new Map<string, string>()
  const formats: string[] = []
  let isOfCells = false
  await readWholeXml(chunks, {
    open(name, { numFmtId = '0', formatCode }) {
      if (name === 'numFmt') codes.set(numFmtId, (formatCode ?? '').slice(0, LONGEST_CODE))
      else if (name === 'cellXfs') isOfCells = true
      else if (name === 'xf' && isOfCells) formats.push(toFormat(numFmtId, codes.get(numFmtId)))
    },
    close(name) {
      if (name === 'cellXfs') isOfCells = false
    }
  })
  return formats
}

/** A number as its cell shows it: a day as "1984-02-29", any other number with all its digits. */
export function showNumber(value: string, format: string, is1904: boolean): string {
  const number = Number(value)
  if (value.trim() === '' || !Number.isFinite(number)) return value
  if (format === DAY && number >= 1 && number <= LAST_SERIAL)
    return serialToDate(number, is1904).toISOString().slice(0, 10)
  return withLeading(toDigits(number), format)
}

function toFormat(id: string, code = ''): string {
  return isBuiltInDay(Number(id)) || (/[dy]/i.test(code) && isDateFormat(code)) ? DAY : code
}

/** Rounds to Excel's 15 digits, which removes errors of floating-point arithmetic, and avoids an exponent. */
function toDigits(number: number): string {
  const exact = Number(number.toPrecision(15))
  const shown = String(exact)
  return shown.includes('e') ? exact.toLocaleString('en', { useGrouping: false, maximumFractionDigits: 20 }) : shown
}

/** Adds the leading zeros or the + of a cell's format. Phones are often stored as numbers, which can't have these. */
function withLeading(digits: string, format: string): string {
  if (/^0{2,}$/.test(format)) return digits.padStart(format.length, '0')
  return /^["\\]?\+"?[#0]/.test(format) && /^\d+$/.test(digits) ? `+${digits}` : digits
}
