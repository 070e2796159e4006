import { EXTRAS, NAMES, SYNONYMS } from './synonyms.ts'

export const FIELDS = ['firstName', 'lastName', 'phone', 'email', 'birthDate', 'gender', 'location'] as const
export type Field = (typeof FIELDS)[number]

export const LABELS: Record<Field, string> = {
  firstName: 'First Name',
  lastName: 'Last Name',
  phone: 'Phone',
  email: 'Email',
  birthDate: 'Birth Date',
  gender: 'Gender',
  location: 'Location'
}

/** What each column holds; null is passed over. */
export type Mapping = (Field | null)[]

const FIELD_OF = new Map(FIELDS.flatMap((field) => SYNONYMS[field].map((word) => [simplify(word), field] as const)))
const IS_EXTRA = new Set(EXTRAS.map(simplify))
const IS_NAME = new Set(NAMES.map(simplify))

export function guessMapping(headers: string[]): { mapping: Mapping; isSure: boolean } {
  const mapping: Mapping = []
  let isSure = true
  for (const header of headers) {
    const word = simplify(header)
    const field = FIELD_OF.get(word) ?? null
    const isTwice = field !== null && mapping.includes(field)
    mapping.push(isTwice ? null : field)
    if (isTwice || (field === null && word !== '' && !IS_EXTRA.has(word))) isSure = false
  }
  guessFirstName(headers, mapping)
  return { mapping, isSure: isSure && whyNotMapping(mapping) === null }
}

/** A whole name is better than none, but not what the field is for: somebody has to look. */
function guessFirstName(headers: string[], mapping: Mapping): void {
  if (mapping.includes('firstName')) return
  const name = headers.findIndex((header, column) => mapping[column] === null && IS_NAME.has(simplify(header)))
  if (name >= 0) mapping[name] = 'firstName'
}

export function whyNotMapping(mapping: Mapping): string | null {
  const twice = FIELDS.find((field) => mapping.filter((one) => one === field).length > 1)
  if (twice) return `${LABELS[twice]} is chosen for two columns. Choose it for one of them.`
  if (!mapping.includes('firstName')) return 'Choose the column that holds the First Name.'
  if (!mapping.includes('phone') && !mapping.includes('email'))
    return 'Choose the column that holds the Phone or the Email: at least one of the two.'
  return null
}

/** Without case, accents, spaces, punctuation, and what a form's header says beside the name. */
function simplify(header: string): string {
  return header
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replace(/\((?:required|mandatory|optional)\)/, '')
    .replace(/[^\p{L}\p{N}]/gu, '')
}
