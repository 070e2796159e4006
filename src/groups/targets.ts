import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { FIGURES } from '../figures/queries.ts'
import { matchesName } from './choices.ts'
import type { Group } from './group.ts'

/** A group that customers can be put into, or taken out of, many at a time. */
export interface Target {
  id: number
  name: string
  kind: Group['kind']
  customers: number
}

/** By name. Nobody is put into Walk-in; nobody is taken out of a system group, nor out of an empty one. */
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
