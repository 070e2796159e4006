import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'

/** A row holds 1,024 customers with consecutive ids, one bit for each. */
const NONE = sql`B'0'::bit(1024)`
const block = (id: RawBuilder<unknown>) => sql`(${id} >> 10)`
const bit = (id: RawBuilder<unknown>) => sql`(${id} & 1023)`

/**
 * The part of a statement that records which customers an operation changed, for their pages.
 * @param changed a query of (id, group_id): group_id is the primary group that the customer came from or, if the
 * operation is an undo, went back to; null for a list
 */
export function recordingCustomers(operationId: number, changed: RawBuilder<unknown>): RawBuilder<unknown> {
  const id = sql`changed.id`
  return sql`
    insert into operation_customers (operation_id, block, group_id, members)
    select ${operationId}, ${block(id)}, changed.group_id, bit_or(set_bit(${NONE}, ${bit(id)}, 1))
    from (${changed}) changed (id, group_id) group by 2, 3
  `
}

/** A query of the operations that changed a customer, with the group that was recorded. */
export function operationsOf(customerId: number): RawBuilder<{ operation_id: number; group_id: number | null }> {
  const id = sql`${customerId}::int`
  return sql`
    select operation_id, group_id from operation_customers
    where block = ${block(id)} and get_bit(members, ${bit(id)}) = 1
  `
}

/** Removes a customer from the records of all operations, as part of their deletion. */
export async function eraseFromOperations(em: Em, customerId: number): Promise<void> {
  const id = sql`${customerId}::int`
  await rows(
    em,
    sql`
    update operation_customers set members = set_bit(members, ${bit(id)}, 0)
    where block = ${block(id)} and get_bit(members, ${bit(id)}) = 1
  `
  )
}
