import type { WholeName } from './headers.ts'

/** What stands between the last name and the first: a comma, also as Chinese, Japanese and Arabic write it. */
const COMMA = /[,，、،]/
/** The same for PostgreSQL. */
export const COMMA_PATTERN = COMMA.source
/** What follows a comma without being a first name: "Sammy Davis, Jr." */
const SUFFIX = /^(?:jr|sr|junior|senior|i{2,3}|iv|m\.?d|ph\.?d|esq|dds|rn|cpa)\.?$/i

export interface SplitName {
  first: string
  last: string
}

/**
 * A whole name in two. A comma decides, whatever the order: "Bell, Ana Maria". Else the word that stands first is the first
 * name, or the last name, and all others are the other one: one order is the other with both swapped (see swap-names.ts). One
 * word is a first name.
 */
export function splitName(name: string, order: WholeName): SplitName {
  const [before = '', ...after] = name.split(COMMA).map((part) => part.trim())
  const rest = after.filter((part) => part !== '')
  if (before !== '' && rest.some((part) => !SUFFIX.test(part))) return { first: rest.join(' '), last: before }
  const [word = '', ...others] = [before, ...rest].join(' ').split(/\s+/).filter(Boolean)
  const other = others.join(' ')
  const isSwapped = order === 'lastFirst' && other !== '' && after.length === 0
  return isSwapped ? { first: other, last: word } : { first: word, last: other }
}
