import { type RawBuilder, sql } from 'kysely'
import { beginsAnyhow, readSearch } from './search.ts'

/** How well somebody who is found fits what was searched for: the best first, and after the last all others. */
export function ranksOf(q: string): RawBuilder<boolean>[] {
  const { isNumber, words } = readSearch(q)
  const [digits = ''] = words
  if (isNumber) return [endsWith(digits), beginsAnyhow(digits), sql<boolean>`customer.phone like ${`%${digits}%`}`]
  const fits = words.map(fitOf)
  return [allOf(fits.map(({ whole }) => whole)), allOf(fits.map(({ begun }) => begun))]
}

/** The rank of a customer's row, from 0 on. */
export function rankOf(ranks: RawBuilder<boolean>[]): RawBuilder<number> {
  const cases = ranks.map((rank, place) => sql`when ${rank} then ${sql.lit(place)}`)
  return sql<number>`case ${sql.join(cases, sql` `)} else ${sql.lit(ranks.length)} end`
}

interface Fit {
  /** A word is all of a name's word, an e-mail address or the end of a phone. */
  whole: RawBuilder<boolean>
  /** It is the beginning of one, or in a phone. */
  begun: RawBuilder<boolean>
}

/** A name's words stand between spaces in the haystack, which nothing else has; an e-mail is its last line. */
function fitOf(word: string): Fit {
  if (/^\d+$/.test(word)) return { whole: endsWith(word), begun: sql<boolean>`customer.phone like ${`%${word}%`}` }
  const solid = sql`solid_text(${word})`
  if (word.includes('@')) {
    return {
      whole: sql<boolean>`customer.haystack like E'%\\n' || ${solid}`,
      begun: sql<boolean>`customer.haystack like E'%\\n' || ${solid} || '%'`
    }
  }
  return {
    whole: sql<boolean>`(
      customer.haystack like '% ' || ${solid} || ' %' or customer.haystack like '% ' || ${solid} || E'\\n%'
    )`,
    begun: sql<boolean>`customer.haystack like '% ' || ${solid} || '%'`
  }
}

/** The haystack has the index, but a name's line may end so too. */
function endsWith(digits: string): RawBuilder<boolean> {
  return sql<boolean>`(customer.haystack like ${`%${digits}\n%`} and customer.phone like ${`%${digits}`})`
}

function allOf(conditions: RawBuilder<boolean>[]): RawBuilder<boolean> {
  return sql<boolean>`(${sql.join(conditions, sql` and `)})`
}
