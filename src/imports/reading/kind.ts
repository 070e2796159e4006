import { guessUtf16 } from './encoding.ts'

const MAGIC = {
  zip: ['504b0304', '504b0506', '504b0708'],
  compound: ['d0cf11e0'],
  picture: ['89504e47', 'ffd8ff', '47494638', '49492a00', '4d4d002a'],
  pdf: ['25504446']
}

type Kind = keyof typeof MAGIC | 'page' | 'binary' | 'text'

const CSV_OR_XLSX = 'Upload the customers as a CSV or XLSX file.'
const SAVE_AS = 'Open it in a spreadsheet app, save it as CSV or XLSX, and upload that.'

const SENTENCES: Record<Exclude<Kind, 'zip' | 'text'>, string> = {
  compound: `This Excel file has a password or is in the old XLS format. Open it in Excel, save it as XLSX without a password, and upload that.`,
  picture: `This is a picture, not a spreadsheet. ${CSV_OR_XLSX}`,
  pdf: `This is a PDF, not a spreadsheet. ${CSV_OR_XLSX}`,
  page: `This is a web page or an XML file, not a spreadsheet, whatever its name says. ${SAVE_AS}`,
  binary: `This is not a spreadsheet or a text file. ${CSV_OR_XLSX}`
}

export const whyNotReadable = (kind: keyof typeof SENTENCES): string => SENTENCES[kind]

export function tellKind(head: Buffer): Kind {
  const hex = head.toString('hex', 0, 4)
  for (const [kind, starts] of Object.entries(MAGIC))
    if (starts.some((start) => hex.startsWith(start))) return kind as keyof typeof MAGIC
  if (/^\W{0,3}\s*<(?:!doctype|html|table|\?xml)/i.test(head.toString('latin1', 0, 200))) return 'page'
  return guessUtf16(head) === null && isBinary(head) ? 'binary' : 'text'
}

/** Text has few control characters; they are a good part of anything else. */
function isBinary(head: Buffer): boolean {
  let [nulls, controls] = [0, 0]
  for (const byte of head) {
    if (byte === 0) nulls++
    else if (byte < 0x20 && (byte < 0x09 || byte > 0x0d) && byte !== 0x1b) controls++
  }
  return nulls > head.length / 4 || controls > Math.max(8, head.length / 20)
}
