import { NAME_LENGTH } from '../../groups/form.ts'
import { requiredLine } from '../../lib/fields.ts'
import { type CellResult, clean } from './cell.ts'

const SEPARATORS = /[;|]/
const name = requiredLine('A group name', NAME_LENGTH, 'A group name needs at least one letter or number.')
const SHOWN = 20

/**
 * The names in a cell of groups, one per line. A name that differs only in case from an earlier one is left out; null
 * if there is no name.
 */
export function readGroupNames(cell: string): CellResult<string | null> {
  const names = new Map<string, string>()
  for (const part of cell.split(SEPARATORS)) {
    const text = clean(part)
    if (text === '') continue
    const { data, error } = name.safeParse(text)
    if (error) return { value: null, message: `${error.issues[0]?.message} Correct “${beginning(text)}”.` }
    const key = data.normalize('NFKC').toLowerCase()
    if (!names.has(key)) names.set(key, data)
  }
  return { value: names.size ? [...names.values()].join('\n') : null, message: null }
}

function beginning(text: string): string {
  const letters = [...text]
  return letters.length > SHOWN ? `${letters.slice(0, SHOWN).join('')}…` : text
}
