import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row } from '../db/rows.ts'
import { countChanged, type Operation } from './operation.ts'

/**
 * The single customer to whom an operation was done at the counter, found in the activity; undefined if there were
 * several, or if the customer was deleted.
 */
export async function findSingleCustomer(
  em: Em,
  operation: Operation
): Promise<{ id: number; name: string } | undefined> {
  const { id, isByHand } = operation
  if (!isByHand || countChanged(operation) !== 1) return undefined
  return row(
    em,
    sql<{ id: number; name: string }>`
    select customer.id, customer.name from activity join customer on customer.id = activity.customer_id
    where activity.operation_id = ${id} limit 1
  `
  )
}
