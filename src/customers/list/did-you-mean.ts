import { setTimeout } from 'node:timers/promises'
import { type RawBuilder, sql } from 'kysely'
import { rowsByIndex } from '../../db/by-index.ts'
import { WALK_IN_CUSTOMER } from '../../db/fixed.ts'
import type { Em } from '../../db/orm.ts'
import { PREPARED } from '../../db/prepared.ts'
import { ask, matching, type Sought } from './customer-query.ts'
import { named } from './filter-conditions.ts'
import { readSearch, SHORTEST_FRAGMENT } from './search.ts'

/** A suggestion that is late is none: whoever searched has read the page by then. */
const LONGEST_MS = 100
const MOST_WORDS = 4
const LONGEST_WORD = 30
const MOST_MEANT = 3

/** The letters that one of them may have been meant instead of. Scripts with thousands of them have no such slips. */
const ALPHABETS: [RegExp, string][] = [
  [/^[\p{Script=Latin}\p{M}\p{P}]+$/u, 'abcdefghijklmnopqrstuvwxyz'],
  [/^[\p{Script=Cyrillic}\p{M}\p{P}]+$/u, 'абвгґдеєёжзиіїйклмнопрстуўфхцчшщъыьэюя'],
  [/^[\p{Script=Greek}\p{M}\p{P}]+$/u, 'αβγδεζηθικλμνξοπρσςτυφχψω']
]

interface Slip {
  /** Which of the words it is. */
  place: number
  /** As a customer's name has it. */
  name: string
}

/**
 * What may have been meant by a search that finds nobody: the same words, one of them a name that somebody has, but for one
 * letter that is wrong, missing, too many or in its neighbour's place. Each finds somebody among those sought.
 */
export async function meantBy(em: Em, q: string, among: Sought): Promise<string[]> {
  const { isNumber, words } = readSearch(q)
  if (isNumber || words.length > MOST_WORDS || words.some((word) => /[@\d]/.test(word))) return []
  const watch = new AbortController()
  try {
    return await Promise.race([whatFinds(em, words, among), setTimeout(LONGEST_MS, [], { signal: watch.signal })])
  } finally {
    watch.abort()
  }
}

async function whatFinds(em: Em, words: string[], among: Sought): Promise<string[]> {
  const slips = await findSlips(em, words)
  const meant = slips.map(({ place, name }) => words.with(place, name).join(' '))
  return (await whichFind(em, [...new Set(meant)], among)).slice(0, MOST_MEANT)
}

/** The names most alike come first. */
async function findSlips(em: Em, words: string[]): Promise<Slip[]> {
  const looked = words.flatMap((word, place) => {
    const length = [...word].length
    return length < SHORTEST_FRAGMENT || length > LONGEST_WORD ? [] : [slipsOf(word, place)]
  })
  if (!looked.length) return []
  const slips = sql`${sql.join(looked, sql` union all `)}`
  return rowsByIndex(
    em,
    sql<Slip>`${PREPARED} select place, name from (${slips}) slip order by likeness desc, name, place limit 5`
  )
}

/**
 * Each way that the word may have been meant is looked up among the words of all names: a few hundred looks into an index cost
 * less than to compare with names that are alike, of which a big shop has thousands.
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
        select part from regexp_split_to_table(customer.name, '\\s+') part where solid_text(part) = meant.word limit 1
      ) as name
      from customer where meant.word <> '' and customer.id <> ${sql.lit(WALK_IN_CUSTOMER)}
        and words_of(split_part(customer.haystack, E'\\n', 1)) @@ ('''' || meant.word || '''')::tsquery
      limit 1
    ) found
    where found.name is not null)
  `
}

/** In one question, in their order. */
async function whichFind(em: Em, meant: string[], among: Sought): Promise<string[]> {
  if (!meant.length) return []
  const finds = meant.map((q, at) => {
    const sought = { ...among, conditions: [...among.conditions, ...named(q)] }
    return sql`select ${sql.lit(at)} as at where exists (${matching(sought)})`
  })
  const found = await ask(em, among, sql<{ at: number }>`${sql.join(finds, sql` union all `)}`)
  return meant.filter((_, at) => found.some((one) => one.at === at))
}
