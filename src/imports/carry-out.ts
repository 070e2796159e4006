import { raw } from '@mikro-orm/core'
import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { addJob } from '../db/queue/jobs.ts'
import { rows } from '../db/rows.ts'
import { dayOf } from '../figures/calendar.ts'
import type { Operation } from '../operations/operation.ts'
import { bucketsOfJoining, type Phase, type Plan, refuseDeleted } from '../operations/plan.ts'
import { addToList, type MembershipChange, moveTo } from '../operations/steps.ts'
import { findRetailer } from '../retailer/queries.ts'
import { type BucketChange, FileImport } from './file-import.ts'
import { keepChanges, keepLate } from './keep-changes.ts'
import { matchRows } from './match.ts'
import { planNamed } from './named/carry-out.ts'
import { keepGroups } from './named/groups.ts'
import { makeLists } from './named/lists.ts'
import { sumUp } from './plan.ts'
import { findImportOf } from './queries.ts'
import { createCustomers, intoOne, updateCustomers } from './steps.ts'
import { applyTicks } from './ticks.ts'

/** The name of a lock that lets one import at a time be carried out, so that two never create the same customer. */
const ONE_BY_ONE = 'imports'

/**
 * Plans how an import is carried out. Its rows are matched to customers again. A row whose result differs from the
 * import's plan is treated by its new result, and the difference is stored to be shown.
 */
export async function planImport(em: Em, operation: Operation): Promise<Plan> {
  await rows(em, sql`select pg_advisory_xact_lock(hashtext(${ONE_BY_ONE}))`)
  const file = await findImportOf(em, operation.id)
  if (!file.isIntoNamed)
    await refuseDeleted(
      em,
      operation.groupId,
      `${operation.groupName} was deleted, so no customers were added. Undo the deletion in Activity and try again, or cancel this import and upload the file to another group.`
    )
  const retailer = await findRetailer(em)
  if (!retailer) throw new Error('An import without a retailer')
  await matchRows(em, file, dayOf(retailer, new Date(operation.askedAt)).today)
  await applyTicks(em, file.id)
  if (file.isIntoNamed) {
    await makeLists(em, file.id, operation)
    await keepGroups(em, file.id)
  }
  await keepChanges(em, file)
  return toPlan(em, operation, file)
}

async function toPlan(em: Em, operation: Operation, file: FileImport): Promise<Plan> {
  const { id: operationId, groupId, isList, askedById: by, askedAt: at } = operation
  const planned = await sumUp(em, file.id)
  await choose(em)
  if (file.isIntoNamed) return planNamed(em, operation, { file, planned, conclude: () => conclude(em, file) })
  const told: MembershipChange = { operationId, groupId, by, at, chosen: sql`existing` }
  const step = isList ? addToList : moveTo
  const join: Phase = (after) => step(told, after)
  const update: Phase = (after) => updateCustomers(operationId, after)
  const create: Phase = (after) => createCustomers(told, file.id, intoOne(told, isList), after)
  const known = planned.add + planned.move + planned.already
  const changing = file.updates ? planned.different.joining + planned.different.already : 0
  return {
    total: known + changing + planned.create,
    phases: file.updates ? [join, create, update] : [join, create],
    conclude: async () => conclude(em, file),
    buckets: async ([existing, created, updated]) => {
      const buckets = await bucketsOfJoining(em, existing)
      const changed = updated?.already ?? 0
      const made = created?.done ?? 0
      return {
        ...buckets,
        asked: buckets.asked + made,
        created: made,
        updated: changed,
        already: buckets.already - changed,
        someone: buckets.someone ?? created?.someone ?? null
      }
    }
  }
}

/**
 * Makes the tables of customers that the phases go through in the order of ids. Everyone locks customers in this order.
 */
async function choose(em: Em): Promise<void> {
  await rows(
    em,
    sql`create temporary table existing on commit drop as select customer_id as id from fresh where bucket in ('add', 'move', 'already')`
  )
  await rows(em, sql`create index on existing (id)`)
  await rows(
    em,
    sql`
    create temporary table differing on commit drop as
    select customer_id as id, bucket, entered.* from fresh join entered using (number) where is_different and bucket <> 'stranger'
  `
  )
  await rows(em, sql`create index on differing (id)`)
  await rows(em, sql`create index on fresh (number) where bucket = 'create'`)
  await rows(em, sql`create index on entered (number)`)
  await rows(em, sql`analyze existing, differing, fresh, entered`)
}

async function conclude(em: Em, { id }: FileImport): Promise<void> {
  await keepLate(em, id)
  const changes = await rows(
    em,
    sql<BucketChange>`select was, now, count(*)::int as count from import_change where import_id = ${id} group by was, now order by count(*) desc`
  )
  const keptPlan = await sumUp(em, id)
  await em.nativeUpdate(FileImport, { id }, { state: 'done', endedAt: raw('now()'), keptPlan, changes })
  await addJob(em, 'forget-import', { importId: id }, `forget import ${id}`)
}
