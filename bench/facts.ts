import type pg from 'pg'
import { DEFAULT_GROUP } from '../src/db/fixed.ts'

/** A group that cases look at. */
export interface BenchGroup {
  id: number
  isList: boolean
  size: number
}

const LISTS = `
  select group_id as id, true as "isList", count(*)::int as size from list_membership group by group_id
  order by size desc, id
`
const PRIMARY = `
  select group_id as id, false as "isList", count(*)::int as size from primary_membership
  where group_id > 2 group by group_id order by size desc, id
`
const DEFAULT = `
  select group_id as id, false as "isList", count(*)::int as size from primary_membership where group_id = $1 group by group_id
`
/**
 * A last name that few customers have and that is long enough for trigrams. Words of other scripts would do as well.
 */
const RARE_NAME = `
  select lower(last_name) as word from customer where last_name ~ '^[A-Za-z]{6,}$'
  group by 1 having count(*) between 1 and 40 order by count(*) desc, 1 limit 1
`
const EMAIL = `select split_part(email, '@', 1) as word from customer where email ~ '^[a-z]+[.][a-z]+[.]' order by id offset $1 limit 1`

/** Finds the groups and words of the made-up retailer that the cases use. They are the same in every run. */
export async function findFacts(client: pg.Client) {
  const ask = async <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) =>
    (await client.query<Row>(text, values)).rows
  const lists = await ask<BenchGroup>(LISTS)
  const primary = await ask<BenchGroup>(PRIMARY)
  const [fallback] = await ask<BenchGroup>(DEFAULT, [DEFAULT_GROUP])
  const [large, small] = [lists[0], lists.at(-1)]
  const middle = lists.find(({ size }) => size <= (large?.size ?? 0) / 90) ?? lists[Math.floor(lists.length / 2)]
  const [largestPrimary, otherPrimary] = primary
  if (!large || !middle || !small || !largestPrimary || !otherPrimary || !fallback) throw new Error('Too few groups')
  const [rare] = await ask<{ word: string }>(RARE_NAME)
  const [email] = await ask<{ word: string }>(EMAIL, [Math.floor(fallback.size / 3)])
  return {
    lists,
    groups: { large, middle, small, primary: largestPrimary, default: fallback },
    otherPrimary,
    rareName: rare?.word ?? 'zuckerman',
    emailPart: email?.word ?? 'a.b.1'
  }
}

export type Facts = Awaited<ReturnType<typeof findFacts>>
