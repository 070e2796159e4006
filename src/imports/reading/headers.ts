import { FIELD_LIST, FIELD_NAMES, type FieldName, ofFields } from '../../customers/fields.ts'
import { EXTRAS, GROUPS, LAST_FIRST, listed, NAMES } from './synonyms.ts'

/** A whole name in one column, by the order of its words. */
export const WHOLE_NAMES = ['firstLast', 'lastFirst'] as const
export type WholeName = (typeof WHOLE_NAMES)[number]

/** Everything that a column can hold. */
export const COLUMN_CONTENTS = [...FIELD_NAMES, ...WHOLE_NAMES, 'groups'] as const
export type ColumnContent = (typeof COLUMN_CONTENTS)[number]

/** The headers of the sample file. */
export const LABELS: Record<FieldName | 'groups', string> = { ...ofFields(({ header }) => header), groups: 'Groups' }

/** The names of columns on the screen, as on the customer's form. */
const SHOWN: Record<ColumnContent, string> = {
  firstLast: 'Full name, first name first',
  lastFirst: 'Full name, last name first',
  ...ofFields(({ label }) => label),
  groups: 'Groups'
}

/** What each column holds. A column with null is ignored. */
export type Mapping = (ColumnContent | null)[]

const FIELD_OF = new Map(
  FIELD_LIST.flatMap(({ name, synonyms }) => listed(synonyms).map((word) => [simplify(word), name] as const))
)
const WHOLE_NAME_OF = new Map([
  ...NAMES.map((word) => [simplify(word), 'firstLast'] as const),
  ...LAST_FIRST.map((word) => [simplify(word), 'lastFirst'] as const)
])
const IS_EXTRA = new Set(EXTRAS.map(simplify))
const IS_GROUP = new Set(GROUPS.map(simplify))

/** Whether a column of groups is read. It is ignored if all rows go into one group. */
type Groups = 'read' | 'ignored'

export function guessMapping(headers: string[], groups: Groups = 'ignored'): { mapping: Mapping; isSure: boolean } {
  const words = headers.map(simplify)
  const mapping: Mapping = []
  let isSure = true
  for (const word of words) {
    const held = FIELD_OF.get(word) ?? (groups === 'read' && IS_GROUP.has(word) ? 'groups' : null)
    const isTwice = held !== null && mapping.includes(held)
    mapping.push(isTwice ? null : held)
    if (isTwice) isSure = false
  }
  guessName(words, mapping)
  const isKnown = (word: string) => word === '' || IS_EXTRA.has(word) || (groups === 'ignored' && IS_GROUP.has(word))
  if (words.some((word, column) => mapping[column] === null && !isKnown(word))) isSure = false
  // "Name" beside "Surname" is most likely a first name, so somebody has to check it.
  if (mapping.some((held, column) => held === 'firstName' && !FIELD_OF.has(words[column] ?? ''))) isSure = false
  return { mapping, isSure: isSure && whyNotMapping(mapping) === null }
}

/** If no column holds a first name, the first column with a whole name is taken. */
function guessName(words: string[], mapping: Mapping): void {
  if (mapping.includes('firstName')) return
  const column = words.findIndex((word, column) => mapping[column] === null && WHOLE_NAME_OF.has(word))
  if (column < 0) return
  mapping[column] = mapping.includes('lastName') ? 'firstName' : (WHOLE_NAME_OF.get(words[column] ?? '') ?? null)
}

export function whyNotMapping(mapping: Mapping): string | null {
  const twice = COLUMN_CONTENTS.find((held) => mapping.filter((one) => one === held).length > 1)
  if (twice) return `You chose “${SHOWN[twice]}” for more than one column. Choose it only once.`
  const whole = mapping.filter(isWholeName)
  if (whole.length > 1) return 'You chose the full name for more than one column. Choose it only once.'
  if (whole.length && (mapping.includes('firstName') || mapping.includes('lastName')))
    return 'Choose one column for the full name, or separate columns for the first name and the last name.'
  if (!whole.length && !mapping.includes('firstName')) return 'Choose the column with the first name or the full name.'
  if (!mapping.includes('phone') && !mapping.includes('email'))
    return 'Choose the column with the phone, the e-mail or both.'
  return null
}

export function isWholeName(held: ColumnContent | null | undefined): held is WholeName {
  return held === 'firstLast' || held === 'lastFirst'
}

/** A header without case, accents, spaces, punctuation, and without words that it has beside the name of the field. */
function simplify(header: string): string {
  return header
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replace(/\((?:required|mandatory|optional)\)/, '')
    .replace(/[^\p{L}\p{N}]/gu, '')
}
