/** "Did you mean": other searches for one that finds nobody, one letter away from what was typed. */
import { setTimeout } from 'node:timers/promises'
import { type RawBuilder, sql } from 'kysely'
import { rowsByIndex } from '../../db/by-index.ts'
import { WALK_IN_CUSTOMER } from '../../db/fixed.ts'
import type { Em } from '../../db/orm.ts'
import { prepared } from '../../db/prepared.ts'
import { type CustomerQuery, runListQuery } from './customer-query.ts'
import { idsForPage } from './customer-query-sql.ts'
import { searchConditions } from './filter-conditions.ts'
import { readSearch, SHORTEST_FRAGMENT } from './search.ts'

/** In milliseconds. A later suggestion would hold up the page. */
const LONGEST_MS = 100
const MOST_WORDS = 4
const LONGEST_WORD = 30
const MOST_SUGGESTED = 3

/** The letters of each script, any of which may have been meant. Scripts with thousands of signs have no such slips. */
const ALPHABETS: [RegExp, string][] = [
  [/^[\p{Script=Latin}\p{M}\p{P}]+$/u, 'abcdefghijklmnopqrstuvwxyz'],
  [/^[\p{Script=Cyrillic}\p{M}\p{P}]+$/u, 'абвгґдеєёжзиіїйклмнопрстуўфхцчшщъыьэюя'],
  [/^[\p{Script=Greek}\p{M}\p{P}]+$/u, 'αβγδεζηθικλμνξοπρσςτυφχψω']
]

/** A word that was typed, and the name that may have been meant. */
interface Slip {
  /** Which of the words it is, from 0 on. */
  place: number
  /** As it is written in a customer's name. */
  name: string
}

/**
 * Searches that may have been meant: the same words, but one of them is a name that somebody has, and differs from what was
 * typed by one letter that is wrong, missing, too many or in its neighbour's place. Each finds somebody on the list. What takes
 * too long is left out; none are suggested for numbers and addresses.
 */
export async function suggestSearches(em: Em, q: string, list: CustomerQuery): Promise<string[]> {
  const { isNumber, words } = readSearch(q)
  if (isNumber || words.length > MOST_WORDS || words.some((word) => /[@\d]/.test(word))) return []
  const watch = new AbortController()
  try {
    return await Promise.race([findSearches(em, words, list), setTimeout(LONGEST_MS, [], { signal: watch.signal })])
  } finally {
    watch.abort()
  }
}

async function findSearches(em: Em, words: string[], list: CustomerQuery): Promise<string[]> {
  const slips = await findSlips(em, words)
  const searches = slips.map(({ place, name }) => words.with(place, name).join(' '))
  return (await thatFindSomebody(em, [...new Set(searches)], list)).slice(0, MOST_SUGGESTED)
}

/** Names that somebody has, the most like what was typed first. */
async function findSlips(em: Em, words: string[]): Promise<Slip[]> {
  const queries = words.flatMap((word, place) => {
    const length = [...word].length
    return length < SHORTEST_FRAGMENT || length > LONGEST_WORD ? [] : [slipsOf(word, place)]
  })
  if (!queries.length) return []
  const slips = sql`${sql.join(queries, sql` union all `)}`
  return rowsByIndex(
    em,
    prepared(sql<Slip>`select place, name from (${slips}) slip order by likeness desc, name, place limit 5`)
  )
}

/**
 * Looks up each word that is one letter away from what was typed among the words of all names: a few hundred looks into an index
 * cost less than a comparison with all similar names, of which a big shop has thousands.
 */
function slipsOf(word: string, place: number): RawBuilder<unknown> {
  const [, letters = ''] = ALPHABETS.find(([script]) => script.test(word)) ?? []
  return sql`
    (with typed as (
      select solid_text(${word}) as word
    ), letter as (
      select unnest(string_to_array(${letters}, null)) as letter
    ), edit as (
      select left(word, at) as start, substr(word, at + 1) as rest from typed cross join generate_series(0, length(word)) at
    ), meant as materialized (
      select start || substr(rest, 2) as word from edit where rest <> ''
      union select start || letter || substr(rest, 2) from edit cross join letter where rest <> ''
      union select start || letter || rest from edit cross join letter
      union select start || substr(rest, 2, 1) || left(rest, 1) || substr(rest, 3) from edit where length(rest) > 1
      except select word from typed
    )
    select ${sql.lit(place)} as place, found.name, similarity(meant.word, typed.word) as likeness
    from typed cross join meant cross join lateral (
      select (
        select part from regexp_split_to_table(concat_ws(' ', customer.name, customer.company), '\\s+') part
        where solid_text(part) = meant.word limit 1
      ) as name
      from customer where meant.word <> '' and customer.id <> ${sql.lit(WALK_IN_CUSTOMER)}
        and words_of(split_part(customer.haystack, E'\\n', 1)) @@ ('''' || meant.word || '''')::tsquery
      limit 1
    ) found
    where found.name is not null)
  `
}

/** Those of some searches that find somebody on the list, in their order; asked in one statement. */
async function thatFindSomebody(em: Em, searches: string[], list: CustomerQuery): Promise<string[]> {
  if (!searches.length) return []
  const finds = searches.map((q, at) => {
    const query = { ...list, conditions: [...list.conditions, ...searchConditions(q)] }
    return sql`select ${sql.lit(at)} as at where exists (${idsForPage(query)})`
  })
  const found = await runListQuery(em, list, sql<{ at: number }>`${sql.join(finds, sql` union all `)}`)
  return searches.filter((_, at) => found.some((one) => one.at === at))
}
