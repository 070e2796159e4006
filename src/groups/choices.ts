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

/** Finds the group with this name. Case and surrounding spaces do not matter. */
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
  /** False for staff, who may not choose a group that lets a till do more. */
  withPrivileged: boolean
  /** The ids of groups to leave out. */
  except?: number[]
  limit: number
}

/** The groups that a customer can be put into, by name. Walk-in is never one of them. */
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

/**
 * An SQL condition: the name contains `q`. A search of one or two letters only finds words that begin with them,
 * because a trigram index can't find so few.
 */
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

/** The names of groups, as suggestions for a field. */
export async function listNames(em: Em, limit = 100): Promise<string[]> {
  const found = await rows(
    em,
    prepared(sql<{ name: string }>`select name from customer_group order by name, id limit ${sql.lit(limit)}`)
  )
  return found.map((one) => one.name)
}
