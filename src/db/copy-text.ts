const NULL = '\\N'

const ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

/** A text in the text format of COPY. Only texts from outside need it: numbers and dates have nothing to escape. */
export function escapeForCopy(text: string): string {
  return text.replace(/[\\\t\n\r]/g, (character) => ESCAPES[character] ?? character)
}

export function orCopyNull(text: string | number | null): string | number {
  return text ?? NULL
}
