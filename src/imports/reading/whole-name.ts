import type { WholeName } from './headers.ts'

/** The separator of last name and first name: a comma, also as Chinese, Japanese and Arabic write it. */
const COMMA = /[,，、،]/
/** The separator as a pattern for PostgreSQL. */
export const COMMA_PATTERN = COMMA.source
/** Suffixes that follow a comma but are no first name: "Sammy Davis, Jr." */
const SUFFIX = /^(?:jr|sr|junior|senior|i{2,3}|iv|m\.?d|ph\.?d|esq|dds|rn|cpa)\.?$/i

export interface SplitName {
  first: string
  last: string
}

/**
 * Splits a whole name. A comma decides, whatever the order: "Bell, Ana Maria". Otherwise the first word is the first
 * name or the last name, depending on the order, and all other words are the other one. So one order gives the other
 * with both parts swapped (see swap-names.ts). A single word is a first name.
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
