import { type RawBuilder, sql } from 'kysely'
import { recordingCustomers } from '../../activity/operation-customers.ts'
import type { Em } from '../../db/orm.ts'
import { row, rows } from '../../db/rows.ts'
import type { MovedFrom } from '../../groups/group.ts'
import { countChanged, type Operation } from '../../operations/operation.ts'
import { NO_BUCKETS, type Phase, type Plan } from '../../operations/plan.ts'
import { leaveList, moveBack } from '../../operations/undo-steps.ts'
import { deleteLists } from './lists.ts'

/**
 * Plans the undo of an import into several groups, group by group. A customer who was put into several groups is
 * counted once.
 */
export async function planNamedUndo(em: Em, undone: Operation, undo: Operation, phases: Phase[]): Promise<Plan> {
  const groups = await rows(
    em,
    sql<{ id: number; isList: boolean }>`
    select named.group_id as id, named.is_list as "isList"
    from import_group named join file_import file on file.id = named.import_id join customer_group grouped on grouped.id = named.group_id
    where file.operation_id = ${undone.id} order by named.group_id
  `
  )
  await rows(em, sql`create temporary table back (customer_id integer, to_group_id integer) on commit drop`)
  const total = countChanged(undone)
  let fate = { lists: 0, listsKept: 0 }
  return {
    total,
    phases: [
      ...phases,
      ...groups.map(({ id: groupId, isList }): Phase => {
        const left = { id: undone.id, kind: undone.kind, groupId, undoId: undo.id }
        return (after) => (isList ? leaveList(left, after, intoBack) : moveBack(left, after, intoBack))
      })
    ],
    conclude: async () => {
      const whom = sql`select customer_id, max(to_group_id) from back group by customer_id`
      await rows(em, recordingCustomers(undo.id, whom))
      fate = await deleteLists(em, undone, { by: undo.askedById, at: undo.askedAt })
    },
    buckets: async ([restored, erased]) => {
      const { people, moved } = await countBack(em)
      const [created, updated] = [erased?.done ?? 0, restored?.already ?? 0]
      const refused = total - people - created - updated
      const buckets = { ...NO_BUCKETS, asked: total, created, updated, refused, moved, removed: people - moved }
      return { ...buckets, groups: await backTo(em), ...fate }
    }
  }
}

/**
 * Collects customers in the table `back` in place of their activity, so that a customer of several groups is recorded
 * once.
 */
const intoBack = (whom: RawBuilder<unknown>) => sql`insert into back (customer_id, to_group_id) ${whom}`

async function countBack(em: Em): Promise<{ people: number; moved: number }> {
  const found = await row(
    em,
    sql<{ people: number; moved: number }>`
    select count(distinct customer_id)::int as people,
      (count(distinct customer_id) filter (where to_group_id is not null))::int as moved
    from back
  `
  )
  return found ?? { people: 0, moved: 0 }
}

async function backTo(em: Em): Promise<MovedFrom[]> {
  return rows(
    em,
    sql<MovedFrom>`
    select former.id, former.name, count(*)::int as count from back join customer_group former on former.id = to_group_id
    group by former.id order by count(*) desc, former.name
  `
  )
}
