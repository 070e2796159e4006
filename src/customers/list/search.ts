/** What somebody types into the search box: how it is read, and the conditions in SQL that find it. */
import { type RawBuilder, sql } from 'kysely'
import { wordPrefix } from '../../db/like.ts'

const PHONE_LIKE = /^[+\d\s()./-]*\d[\d\s()./-]*$/
/** In letters: the index of trigrams can't find fewer. */
export const SHORTEST_FRAGMENT = 3
const LETTER_DIGIT_OR_SIGN = /[\p{L}\p{N}\x21-\x7e]/u

/**
 * What a number in E.164 begins with: the calling codes of all countries as the ITU gives them out. No code is the beginning
 * of another, so that what follows one is the national number.
 */
const CALLING_CODE =
  '(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|' +
  '2[1-689][0-9]|3[578][0-9]|42[0-9]|5[09][0-9]|6[7-9][0-9]|8[035789][0-9]|9[679][0-9])'

/** A phone, or a part of one, is read as one number however it is written; everything else is read as words. */
export interface Search {
  isNumber: boolean
  words: string[]
}

export function readSearch(q: string): Search {
  if (PHONE_LIKE.test(q)) return { isNumber: true, words: [q.replace('(0)', '').replace(/\D/g, '')] }
  return { isNumber: false, words: q.split(/\s+/).filter(Boolean) }
}

/** Whether a text is read as a phone or a part of one. */
export function looksLikePhone(text: string): boolean {
  return readSearch(text).isNumber
}

/**
 * The conditions of a search: every word occurs in the name, phone or e-mail. What looks like a phone is compared by its digits
 * alone; one or two letters are looked for only where a word of the name begins.
 */
export function searchedIn(q: string): RawBuilder<boolean>[] {
  const { isNumber, words } = readSearch(q)
  return words.map((word) => (isNumber ? hasNumber(word) : has(word)))
}

function has(word: string): RawBuilder<boolean> {
  return hasTrigram(word) ? contains(word) : begins(word)
}

/** E.164 has no 0 before a national number and no 00 before a country's code. Whoever types them means that the number begins so. */
function hasNumber(digits: string): RawBuilder<boolean> {
  const rest = digits.replace(/^0+/, '')
  if (rest === digits || rest.length < SHORTEST_FRAGMENT) return has(digits)
  const begun = digits.startsWith('00')
    ? sql<boolean>`customer.phone like ${`+${rest}%`}`
    : sql<boolean>`(${contains(rest)} and ${beginsNationally(rest)})`
  return sql<boolean>`(${has(digits)} or ${begun})`
}

/** The expression hides the column from its index of trigrams, which takes seconds to look for so many beginnings. */
export function beginsNationally(digits: string, code = CALLING_CODE): RawBuilder<boolean> {
  return sql<boolean>`(customer.phone || '') ~ ${`^\\+${code}${digits}`}`
}

/** The whole number begins so, or the national one does. A 0 that is typed before it may be part of it, as in Italy. */
export function beginsAnyhow(digits: string): RawBuilder<boolean> {
  return beginsNationally(digits.replace(/^0+(?=\d)/, ''), `${CALLING_CODE}?0?`)
}

/** True for what the index of trigrams can find: three characters or more, and not emoji alone, which it doesn't see. */
function hasTrigram(word: string): boolean {
  return [...word].length >= SHORTEST_FRAGMENT && LETTER_DIGIT_OR_SIGN.test(word)
}

/** Nothing has to be escaped for LIKE: solid_text() leaves none of its signs. */
function contains(word: string): RawBuilder<boolean> {
  return sql<boolean>`customer.haystack like '%' || solid_text(${word}) || '%'`
}

/** Where customers are looked at one by one, strpos() rules most of them out before their names are split into words. */
function begins(word: string): RawBuilder<boolean> {
  return sql<boolean>`(
    strpos(customer.haystack, ' ' || solid_text(${word})) > 0
    and words_of(split_part(customer.haystack, E'\\n', 1)) @@ ${wordPrefix(word)}
  )`
}
