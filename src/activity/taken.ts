import { type RawBuilder, sql } from 'kysely'
import type { Format } from '../lib/format.ts'
import { type Part, say } from '../pages/activity/parts.ts'
import type { Names } from '../pages/activity/sentence.ts'
import type { Operation } from './note.ts'
import type { Entry } from './queries.ts'

/** Bulk operations about another group that took customers out of this one or, undone, put them back. */
export function takenFrom(groupId: number): RawBuilder<boolean>[] {
  const part = JSON.stringify([{ id: groupId }])
  return [
    sql`kind = 'operation'`,
    isOfAnother(groupId),
    sql`operation_id = any(array(
      select id from bulk_operation where not by_hand and groups <> '[]' and groups @> ${part}::jsonb
    ))`
  ]
}

const isOfAnother = (groupId: number) =>
  sql<boolean>`(activity.group_id is distinct from ${groupId}::int and activity.from_group_id is null)`

/** How many; null of every other entry. */
export function takenOf(groupId: number | undefined): RawBuilder<number | null> {
  if (groupId === undefined) return sql`null::int`
  return sql`
    case when activity.kind = 'operation' and ${isOfAnother(groupId)} then (
      select (part->>'count')::int from jsonb_array_elements(operation.groups) part where (part->>'id')::int = ${groupId}
    ) end
  `
}

/** What it did, as it is told of the group that they left. */
export function takenSentence({ by, from, group }: Names, { groupId, details, taken }: Entry, f: Format): Part[] {
  const people = f.count(taken ?? 0, 'customer')
  const operation: Operation = details.operation ?? 'add'
  if (operation === 'undo') return say`${by} moved ${people} back to ${from}`
  const to = groupId === null ? 'other groups' : group
  return say`${by} moved ${people} from ${from} to ${to}${operation === 'import' ? ' in an import' : ''}`
}
