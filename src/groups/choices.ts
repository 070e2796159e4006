import { sql } from 'kysely'
import { likePattern, wordPrefix } from '../db/like.ts'
import type { Em } from '../db/orm.ts'
import { prepared } from '../db/prepared.ts'
import { row, rows } from '../db/rows.ts'
import type { Group } from './group.ts'

export interface GroupChoice {
  id: number
  name: string
  system: 'default' | 'walk-in' | null
}

/** The group that has a name already, whatever its case and the spaces around it. */
export async function findByName(em: Em, name: string): Promise<(GroupChoice & { kind: Group['kind'] }) | undefined> {
  return row(
    em,
    sql<GroupChoice & { kind: Group['kind'] }>`
    select id, name, system, kind from customer_group where name_key(name) = name_key(${name})
  `
  )
}

interface ChoiceQuery {
  kind: 'primary' | 'list'
  q?: string
  /** Staff may choose no group that lets a till do more. */
  withPrivileged: boolean
  /** Left out, whatever they are called. */
  except?: number[]
  limit: number
}

/** Groups that a customer can be put into, by name; Walk-in is never one of them. */
export async function listChoices(
  em: Em,
  { kind, q = '', withPrivileged, except = [], limit }: ChoiceQuery
): Promise<GroupChoice[]> {
  const named = q ? sql` and ${matchesName(q)}` : sql``
  return rows(
    em,
    sql<GroupChoice>`
    select id, name, system from customer_group grouped
    where kind = ${kind} and system is distinct from 'walk-in'
      and (${withPrivileged} or not (allows_on_account or allows_discounts))
      and id <> all(${except}::int[]) ${named}
    order by system is null, name, id limit ${limit}
  `
  )
}

/** A part of the name; one or two letters, which no trigram index can find, only where a word begins. */
export function matchesName(q: string) {
  return [...q].length < 3
    ? sql`words_of(solid_text(name)) @@ ${wordPrefix(q)}`
    : sql`search_text(name) like '%' || ${likePattern(q)} || '%'`
}

export async function findChoices(em: Em, groupIds: number[]): Promise<GroupChoice[]> {
  return rows(
    em,
    sql<GroupChoice>`select id, name, system from customer_group where id = any(${groupIds}::int[]) order by name, id`
  )
}

/** Names of groups, for a field's suggestions. */
export async function listNames(em: Em, limit = 100): Promise<string[]> {
  const found = await rows(
    em,
    prepared(sql<{ name: string }>`select name from customer_group order by name, id limit ${sql.lit(limit)}`)
  )
  return found.map((one) => one.name)
}
