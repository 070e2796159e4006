import { type RawBuilder, sql } from 'kysely'

const PHONE_LIKE = /^[+\d\s()./-]*\d[\d\s()./-]*$/
const SHORTEST_FRAGMENT = 3
const LETTER_DIGIT_OR_SIGN = /[\p{L}\p{N}\x21-\x7e]/u

/**
 * Every word must occur in the name, phone or e-mail. Something that looks like a phone is compared by its digits alone,
 * without the 0 that a national number begins with; one or two letters match only the beginning of a name's word.
 */
export function searched(q: string): RawBuilder<boolean>[] {
  if (q === '') return []
  const words = PHONE_LIKE.test(q) ? [digitsOf(q)] : q.split(/\s+/)
  return words.map((word) => (hasTrigram(word) ? contains(word) : begins(word)))
}

/** As they stand in E.164: "+44 (0)20 7946" is "44207946". */
function digitsOf(phone: string): string {
  return phone
    .replace('(0)', '')
    .replace(/\D/g, '')
    .replace(/^0+(?=\d)/, '')
}

/** What the trigram index can find: three characters, and not emoji alone, which it doesn't see. */
function hasTrigram(word: string): boolean {
  return [...word].length >= SHORTEST_FRAGMENT && LETTER_DIGIT_OR_SIGN.test(word)
}

/** Nothing in it needs to be escaped: solid_text() leaves no sign. */
function contains(word: string): RawBuilder<boolean> {
  return sql<boolean>`customer.haystack like '%' || solid_text(${word}) || '%'`
}

/** Where customers are looked at one by one, strpos() spares most of them being split into words. */
function begins(word: string): RawBuilder<boolean> {
  return sql<boolean>`(
    strpos(customer.haystack, ' ' || solid_text(${word})) > 0
    and words_of(split_part(customer.haystack, E'\\n', 1)) @@ ${wordBeginning(word)}
  )`
}

/** For words_of(): what begins with a word. One of accents alone is the beginning of nothing. */
export function wordBeginning(word: string): RawBuilder<unknown> {
  return sql`('''' || nullif(solid_text(${word}), '') || ''':*')::tsquery`
}
