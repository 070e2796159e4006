import { type RawBuilder, sql } from 'kysely'

/**
 * The conditions that find bulk operations on other groups that took customers out of this one or, if they are undos,
 * put them back.
 */
export function departuresFrom(groupId: number): RawBuilder<boolean>[] {
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

/** An SQL expression: how many customers such an operation took out of a group; null for all other entries. */
export function departureCountOf(groupId: number | undefined): RawBuilder<number | null> {
  if (groupId === undefined) return sql`null::int`
  return sql`
    case when activity.kind = 'operation' and ${isOfAnother(groupId)} then (
      select (part->>'count')::int from jsonb_array_elements(operation.groups) part where (part->>'id')::int = ${groupId}
    ) end
  `
}
