import { sql } from 'kysely'
import { recordingCustomers } from '../../activity/operation-customers.ts'
import { DEFAULT_GROUP } from '../../db/fixed.ts'
import type { Em } from '../../db/orm.ts'
import { row, rows } from '../../db/rows.ts'
import type { MovedFrom } from '../../groups/group.ts'
import type { Buckets, Operation } from '../../operations/operation.ts'
import { NO_BUCKETS, type Phase, type Plan } from '../../operations/plan.ts'
import type { FileImport } from '../file-import.ts'
import type { Plan as Planned } from '../plan.ts'
import { createCustomers, updateCustomers } from '../steps.ts'
import { addToOwnLists, type ChangeOrigin, chooseNamed, intoNamed, moveToOwnGroup } from './steps.ts'

/** Plans an import into the groups that its rows name. A customer who joins several groups is counted once. */
export async function planNamed(
  em: Em,
  operation: Operation,
  { file, planned, conclude }: { file: FileImport; planned: Planned; conclude: () => Promise<void> }
): Promise<Plan> {
  const { id: operationId, askedById: by, askedAt: at } = operation
  const told: ChangeOrigin = { operationId, by, at }
  await chooseNamed(em)
  const size = await row(
    em,
    sql<{ n: number }>`select ((select count(*) from moving) + (select count(*) from listing))::int as n`
  )
  const changing = file.updates ? planned.different.joining + planned.different.already : 0
  const update: Phase = (after) => updateCustomers(operationId, after)
  return {
    total: (size?.n ?? 0) + planned.create + changing,
    phases: [
      (after) => moveToOwnGroup(told, after),
      (after) => addToOwnLists(told, after),
      (after) => createCustomers(told, file.id, intoNamed(told), after),
      ...(file.updates ? [update] : [])
    ],
    conclude: async () => {
      await recordJoiners(em, operationId)
      await conclude()
    },
    buckets: async ([, , created]) => bucketsOf(em, operationId, created?.done ?? 0)
  }
}

/**
 * Records each customer who joined a group once for their own activity, with the primary group that they came from. The
 * other phases record the customers that they change.
 */
async function recordJoiners(em: Em, operationId: number): Promise<void> {
  const whom = sql`select customer_id, max(from_group_id) from came group by customer_id`
  await rows(em, recordingCustomers(operationId, whom))
}

async function bucketsOf(em: Em, operationId: number, created: number): Promise<Buckets> {
  const found = await row(
    em,
    sql<{ existing: number; came: number; moved: number; updated: number; gone: number; lists: number }>`
    select (select count(*) from existing)::int as existing, count(distinct customer_id)::int as came,
      (count(distinct customer_id) filter (where from_group_id <> ${DEFAULT_GROUP}))::int as moved,
      (
        select count(*) from updated_customer
        where operation_id = ${operationId} and customer_id not in (select customer_id from came)
      )::int as updated,
      (
        select count(*) from existing
        where not exists (select from customer where customer.id = existing.id) and id not in (select customer_id from came)
      )::int as gone,
      (select count(*) from named where is_new and group_id is not null)::int as lists
    from came
  `
  )
  const { existing = 0, came = 0, moved = 0, updated = 0, gone = 0, lists = 0 } = found ?? {}
  return {
    ...NO_BUCKETS,
    asked: existing + created,
    created,
    added: came - moved,
    moved,
    updated,
    already: existing - came - updated - gone,
    refused: gone,
    groups: await cameFrom(em),
    lists
  }
}

async function cameFrom(em: Em): Promise<MovedFrom[]> {
  return rows(
    em,
    sql<MovedFrom>`
    select former.id, former.name, count(*)::int as count from came join customer_group former on former.id = from_group_id
    where former.id <> ${DEFAULT_GROUP} group by former.id order by count(*) desc, former.name
  `
  )
}
