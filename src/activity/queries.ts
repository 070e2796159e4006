import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { prepared } from '../db/prepared.ts'
import { rows } from '../db/rows.ts'
import { type Page, type PageRequest, type Paging, paging, type SortColumn, toPage } from '../lib/paging.ts'
import { departureCountOf } from './departures.ts'
import type { Kind } from './kinds.ts'
import type { Change, Details, Operation } from './note.ts'
import { operationsOf } from './operation-customers.ts'
import { alternativesOf, restrictionsOf, type Scope } from './scope.ts'

/** An entry of the activity. Groups, customers and staff members have the names of today, or null if they are gone. */
export interface Entry {
  id: number
  at: string
  kind: Kind
  by: string | null
  groupId: number | null
  group: string | null
  fromGroupId: number | null
  fromGroup: string | null
  customerId: number | null
  customer: string | null
  staffMemberId: number | null
  person: string | null
  operationId: number | null
  /** When the bulk operation was done, if it has not been undone; null if there is nothing to undo. */
  undoableSince: string | null
  /**
   * Whether the operation has been undone since; "partly" if some customers were skipped. In the activity of one
   * customer, whether it was undone for them.
   */
  undone: 'wholly' | 'partly' | null
  /** What kind of operation this one undid; null if it undid nothing. */
  undoneKind: Operation | null
  /** Whether this undid an operation that took customers out of groups other than Default. */
  undidMoves: boolean | null
  /**
   * How many customers an operation on another group took out of the group whose activity this is; null for all other
   * entries.
   */
  taken: number | null
  details: Details
  values: Change[]
  sortValue: string
}

const BY_TIME: SortColumn = { expression: sql`activity.at`, type: 'timestamptz', first: 'desc' }

/** One page of the activity, newest entry first. */
export async function listActivity(em: Em, scope: Scope, timeZone: string, place: PageRequest): Promise<Page<Entry>> {
  const found = paging(BY_TIME, 'desc', sql`activity.id`, place)
  return toPage(await rows(em, entries(scope, timeZone, found)), found)
}

const TIMELINE_LENGTH = 10

/** A query of the latest entries about one group or customer. */
export function timelineOf(scope: Pick<Scope, 'groupId' | 'customerId'>): RawBuilder<Entry> {
  const latest = paging(BY_TIME, 'desc', sql`activity.id`, {})
  return entries(scope, 'UTC', { ...latest, limit: TIMELINE_LENGTH })
}

export async function listTimeline(em: Em, scope: Pick<Scope, 'groupId' | 'customerId'>): Promise<Entry[]> {
  return rows(em, prepared(timelineOf(scope)))
}

function entries(scope: Scope, timeZone: string, { where, orderBy, limit }: Paging): RawBuilder<Entry> {
  const common = [...restrictionsOf(scope, timeZone), where]
  const found = alternativesOf(scope).map((alternative) => {
    const all = sql.join([...alternative, ...common], sql` and `)
    return sql`(select activity.id from activity where ${all} order by ${orderBy} limit ${sql.lit(limit)})`
  })
  const { whom, theirs, from, taken } = customerPartsOf(scope)
  return sql<Entry>`
    select activity.id::int, activity.at, activity.kind, coalesce(doer.name, shop.name || ', till ' || till.name) as by,
      activity.group_id as "groupId", grouped.name as group, former.id as "fromGroupId", former.name as "fromGroup",
      ${whom} as "customerId", customer.name as customer,
      activity.staff_member_id as "staffMemberId", person.name as person, activity.operation_id as "operationId", activity.details,
      case when operation.state = 'done' and operation.kind <> 'undo' and undo.id is null then operation.ended_at end as "undoableSince",
      undone.kind as "undoneKind", undone.moved > 0 as "undidMoves", ${undoneSince(scope)} as undone, ${taken} as taken,
      (select coalesce(jsonb_agg(jsonb_build_object('field', field, 'before', before, 'after', after)), '[]')
        from activity_value where activity_id = activity.id) as values,
      to_char(activity.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "sortValue"
    from (${sql.join(found, sql` union `)}) found join activity on activity.id = found.id
    ${theirs}
    left join staff_member doer on doer.id = activity.by
    left join till on till.id = activity.till_id
    left join shop on shop.id = till.shop_id
    left join customer_group grouped on grouped.id = activity.group_id
    left join customer on customer.id = ${whom}
    left join staff_member person on person.id = activity.staff_member_id
    left join bulk_operation operation on operation.id = activity.operation_id
    left join customer_group former on former.id = ${from}
    left join bulk_operation undo on undo.undoes = operation.id
    left join bulk_operation undone on undone.id = operation.undoes
    order by ${orderBy} limit ${sql.lit(limit)}
  `
}

/**
 * The parts of the query that differ in the activity of one customer: a bulk operation is then shown as what it did to
 * them alone, with the group they came from or, if it is an undo, went back to.
 */
function customerPartsOf({ customerId, groupId }: Scope) {
  if (customerId === undefined) {
    const taken = departureCountOf(groupId)
    const from = sql`coalesce(activity.from_group_id, case when ${taken} is not null then ${groupId ?? null}::int end)`
    return { whom: sql`activity.customer_id`, theirs: sql``, from, taken }
  }
  return {
    whom: sql`${customerId}::int`,
    theirs: sql`
      left join lateral (
        select theirs.group_id from (${operationsOf(customerId)}) theirs
        where activity.customer_id is null and theirs.operation_id = activity.operation_id limit 1
      ) theirs on true
    `,
    from: sql`coalesce(activity.from_group_id, theirs.group_id)`,
    taken: departureCountOf(undefined)
  }
}

function undoneSince({ customerId }: Scope): RawBuilder<Entry['undone']> {
  if (customerId !== undefined)
    return sql`case when undo.id in (select theirs.operation_id from (${operationsOf(customerId)}) theirs) then 'wholly' end`
  const changed = sql`undo.created + undo.added + undo.moved + undo.removed + undo.updated`
  return sql`
    case when undo.state = 'done' and (${changed} > 0 or operation.kind = 'delete-group')
      then case when undo.refused > 0 then 'partly' else 'wholly' end end
  `
}
