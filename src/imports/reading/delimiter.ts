const DELIMITERS = [',', ';', '\t', '|'] as const

/** A line that Excel writes at the beginning of some files, and hides when it opens them. */
const SEPARATOR_LINE = /^"?sep=(.)"?(?=\r\n|\r|\n|$)/i

export interface Delimiter {
  delimiter: string
  /** True if the first line names the delimiter and is no row. */
  hasLine: boolean
}

/** Finds the delimiter by the first record that holds anything, without its quoted parts. */
export function detectDelimiter(head: string): Delimiter {
  const told = SEPARATOR_LINE.exec(head)
  if (told?.[1]) return { delimiter: told[1], hasLine: true }
  const record = firstRecord(head)
  const counts = DELIMITERS.map((delimiter) => record.split(delimiter).length - 1)
  const most = Math.max(...counts)
  return { delimiter: DELIMITERS[counts.indexOf(most)] ?? ',', hasLine: false }
}

function firstRecord(head: string): string {
  let record = ''
  let [isQuoted, isFilled] = [false, false]
  for (const char of head) {
    if (char === '"') isQuoted = !isQuoted
    if (isQuoted) continue
    if ((char === '\n' || char === '\r') && isFilled) break
    if (char === '"') continue
    record += char
    isFilled ||= /[^\s,;|]/.test(char)
  }
  return record
}
