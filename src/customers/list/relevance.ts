/** How well a customer who was found fits what was searched for, as levels of relevance in SQL. */
import { type RawBuilder, sql } from 'kysely'
import { beginsAnyhow, readSearch } from './search.ts'

/** The conditions of the levels, the most relevant first. After the last of them come all others who were found. */
export function relevanceLevels(q: string): RawBuilder<boolean>[] {
  const { isNumber, words } = readSearch(q)
  const [digits = ''] = words
  if (isNumber) return [endsWith(digits), beginsAnyhow(digits), sql<boolean>`customer.phone like ${`%${digits}%`}`]
  const fits = words.map(fitOf)
  return [allTrue(fits.map(({ whole }) => whole)), allTrue(fits.map(({ begun }) => begun))]
}

/** The level of a customer's row as a number: 0 is the most relevant. */
export function relevanceLevel(levels: RawBuilder<boolean>[]): RawBuilder<number> {
  const cases = levels.map((level, place) => sql`when ${level} then ${sql.lit(place)}`)
  return sql<number>`case ${sql.join(cases, sql` `)} else ${sql.lit(levels.length)} end`
}

/** How one word of a search fits a customer. */
interface Fit {
  /** It is a whole word of the name or the company, the whole e-mail address, or the end of the phone. */
  whole: RawBuilder<boolean>
  /** It is the beginning of a word of the name, the company or of the e-mail address, or it is somewhere in the phone. */
  begun: RawBuilder<boolean>
}

/** In the haystack only the words of a name and of its company stand between spaces, and the e-mail address is the last line. */
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

/** The haystack is asked because it has the index; the phone as well, because the line of a name may end with these digits too. */
function endsWith(digits: string): RawBuilder<boolean> {
  return sql<boolean>`(customer.haystack like ${`%${digits}\n%`} and customer.phone like ${`%${digits}`})`
}

function allTrue(conditions: RawBuilder<boolean>[]): RawBuilder<boolean> {
  return sql<boolean>`(${sql.join(conditions, sql` and `)})`
}
