import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'
import type { Group } from '../groups/group.ts'
import { RuleError } from '../lib/errors.ts'
import { selectedIds } from '../selections/selected-customers.ts'
import { findSelection } from '../selections/selection.ts'

type Target = Pick<Group, 'id' | 'isList'>

/** Up to this many customers are handled while the page waits, without a temporary table. More are left to a job. */
export const A_FEW = 2_000

/** The customers whom an operation is about: their number, and their ids as a table or a subquery. */
export interface Subjects {
  total: number
  ids: RawBuilder<unknown>
}

/** Collects the customers who are selected at this moment, in a temporary table if they are many. */
export async function chooseSelected(em: Em, selectionId: string | null, group: Target): Promise<Subjects> {
  const selection = selectionId && (await findSelection(em, selectionId))
  if (!selection) throw new RuleError('This selection no longer exists. Open the list and select again.')
  return choose(em, selectedIds(selection, group), selection.filter ? selection.matched : 0)
}

/** Collects everyone who is in a group, as chooseSelected() does. */
export async function chooseMembers(em: Em, group: Target): Promise<Subjects> {
  const table = group.isList ? sql`list_membership` : sql`primary_membership`
  return choose(em, sql<{ id: number }>`select customer_id as id from ${table} where group_id = ${group.id}`)
}

async function choose(em: Em, ids: RawBuilder<{ id: number }>, guess = 0): Promise<Subjects> {
  const few = guess <= A_FEW ? await fewOf(em, ids) : null
  if (few) return few
  await rows(em, sql`create temporary table chosen (id integer primary key) on commit drop`)
  await rows(em, sql`insert into chosen select id from (${ids}) selected order by id`)
  await rows(em, sql`analyze chosen`)
  const total = (await row(em, sql<{ n: number }>`select count(*)::int as n from chosen`))?.n ?? 0
  return { total, ids: sql`chosen` }
}

async function fewOf(em: Em, ids: RawBuilder<{ id: number }>): Promise<Subjects | null> {
  const found = await rows(em, sql<{ id: number }>`select id from (${ids}) selected limit ${A_FEW + 1}`)
  if (found.length > A_FEW) return null
  const list = found.map(({ id }) => id)
  return { total: list.length, ids: sql`(select unnest(${list}::int[]) as id)` }
}
