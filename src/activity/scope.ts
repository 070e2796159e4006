import { type RawBuilder, sql } from 'kysely'
import { departuresFrom } from './departures.ts'
import type { Kind } from './kinds.ts'
import { operationsOf } from './operation-customers.ts'

/**
 * Selects entries of the activity. An entry must meet all conditions that are given. The days are those of the
 * retailer's time zone.
 */
export interface Scope {
  groupId?: number
  customerId?: number
  /** The staff member who did it, or whose account it was about. */
  personId?: number
  kind?: Kind
  /** Leaves out sign-ins and sign-outs; failed sign-ins stay. */
  hidesSignIns?: boolean
  from?: string
  to?: string
}

/**
 * The alternative sets of conditions under which an entry is about the group, person or customer. Each set is a query
 * of its own, because an "or" across two indexes would make PostgreSQL sort.
 */
export function alternativesOf({ groupId, personId, customerId }: Scope): RawBuilder<boolean>[][] {
  const groups =
    groupId === undefined
      ? [[]]
      : [[sql<boolean>`group_id = ${groupId}`], [sql<boolean>`from_group_id = ${groupId}`], departuresFrom(groupId)]
  const people =
    personId === undefined ? [[]] : [[sql<boolean>`by = ${personId}`], [sql<boolean>`staff_member_id = ${personId}`]]
  const customers =
    customerId === undefined ? [[]] : [[sql<boolean>`customer_id = ${customerId}`], byOperation(customerId)]
  return groups.flatMap((group) => people.flatMap((person) => customers.map((one) => [...group, ...person, ...one])))
}

/** The conditions that find bulk operations on a customer. One entry stands for all customers of an operation. */
function byOperation(customerId: number): RawBuilder<boolean>[] {
  return [
    sql`customer_id is null`,
    sql`operation_id = any(array(select theirs.operation_id from (${operationsOf(customerId)}) theirs))`
  ]
}

export function restrictionsOf({ kind, hidesSignIns, from, to }: Scope, timeZone: string): RawBuilder<boolean>[] {
  const all: RawBuilder<boolean>[] = []
  if (kind !== undefined) all.push(sql`kind = ${kind}`)
  if (hidesSignIns) all.push(sql`kind not in ('signed-in', 'signed-out')`)
  if (from !== undefined) all.push(sql`at >= (${from}::date::timestamp at time zone ${timeZone})`)
  if (to !== undefined) all.push(sql`at < ((${to}::date + 1)::timestamp at time zone ${timeZone})`)
  return all
}
