import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'

/** A row stands for 1,024 customers with neighbouring numbers, a bit for each. */
const NONE = sql`B'0'::bit(1024)`
const block = (id: RawBuilder<unknown>) => sql`(${id} >> 10)`
const bit = (id: RawBuilder<unknown>) => sql`(${id} & 1023)`

/**
 * The part of a statement that keeps whom an operation changed, for their pages: a query of their ids, and of the primary
 * groups that they came from or, when something is undone, went back to (null for lists).
 */
export function recordingCustomers(operationId: number, changed: RawBuilder<unknown>): RawBuilder<unknown> {
  const id = sql`changed.id`
  return sql`
    insert into operation_customers (operation_id, block, group_id, members)
    select ${operationId}, ${block(id)}, changed.group_id, bit_or(set_bit(${NONE}, ${bit(id)}, 1))
    from (${changed}) changed (id, group_id) group by 2, 3
  `
}

/** What is kept of the operations that changed a customer. */
export function operationsOf(customerId: number): RawBuilder<{ operation_id: number; group_id: number | null }> {
  const id = sql`${customerId}::int`
  return sql`
    select operation_id, group_id from operation_customers
    where block = ${block(id)} and get_bit(members, ${bit(id)}) = 1
  `
}

/** Part of a customer's deletion. */
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
