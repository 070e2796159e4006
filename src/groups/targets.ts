import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { FIGURES } from '../figures/queries.ts'
import { matchesName } from './choices.ts'
import type { Group } from './group.ts'

/** A group that many customers can be added to, or removed from, at once. */
export interface Target {
  id: number
  name: string
  kind: Group['kind']
  customers: number
}

/**
 * The groups to choose from, by name. Nobody is added to Walk-in, and nobody is removed from a system group or an empty
 * one.
 */
export async function listTargets(em: Em, purpose: 'add' | 'remove', q: string, limit: number): Promise<Target[]> {
  const fits =
    purpose === 'add'
      ? sql`system is distinct from 'walk-in'`
      : sql`system is null and coalesce(figures.customers, 0) > 0`
  return rows(
    em,
    sql<Target>`
    select grouped.id, grouped.name, grouped.kind, figures.customers
    from customer_group grouped join ${FIGURES} figures on figures.group_id = grouped.id
    where ${fits} and ${q ? matchesName(q) : sql`true`}
    order by grouped.name, grouped.id limit ${limit}
  `
  )
}
