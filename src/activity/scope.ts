import { type RawBuilder, sql } from 'kysely'
import { departuresFrom } from './departures.ts'
import type { Kind } from './kinds.ts'
import { operationsOf } from './operation-customers.ts'

/** Which entries; several conditions narrow further. Days are the retailer's. */
export interface Scope {
  groupId?: number
  customerId?: number
  /** Who did it, or whose account it was about. */
  personId?: number
  kind?: Kind
  /** Sign-ins and sign-outs are left out; failed sign-ins stay. */
  hidesSignIns?: boolean
  from?: string
  to?: string
}

/** The columns that can name a group, a person or a customer, each asked on its own: an "or" over two indexes would have to sort. */
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

/** Bulk operations have one entry for all. */
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
