import { sql } from 'kysely'
import type { Em } from '../../db/orm.ts'
import { row, rows } from '../../db/rows.ts'
import { RuleError } from '../../lib/errors.ts'
import type { Operation } from '../../operations/operation.ts'
import { changesGroups } from './groups.ts'

/**
 * Makes the lists that a plan promised, and locks all groups that the rows go into. It needs the table `named` of this
 * moment.
 * @throws RuleError if a group was deleted or has become one of the other kind, because nobody agreed to that.
 */
export async function makeLists(em: Em, importId: number, { askedById, askedAt }: Operation): Promise<void> {
  await refuseOthers(em, importId)
  await rows(em, sql`select from customer_group where id in (select group_id from named) order by id for key share`)
  const made = await rows(
    em,
    sql`
    with made as (
      insert into customer_group (kind, name, created_at, created_by)
      select 'list', name, ${askedAt}, ${askedById} from named
      where is_new and exists (select from wanted join fresh using (number) where wanted.key = named.key and ${changesGroups}) order by name
      on conflict do nothing returning id, name
    ), noted as (
      insert into activity (at, by, kind, group_id, details)
      select ${askedAt}::timestamptz, ${askedById}::int, 'group-created', id, jsonb_build_object('group', name) from made
    )
    update named set group_id = made.id from made where name_key(made.name) = named.key returning named.key
  `
  )
  await rows(
    em,
    sql`update wanted set group_id = named.group_id from named where named.key = wanted.key and named.is_new`
  )
  const missing = await row(
    em,
    sql<{ name: string }>`
    select name from named join wanted using (key) join fresh using (number) where named.group_id is null and ${changesGroups} limit 1
  `
  )
  if (missing) throw new RuleError(`Someone created a group called ${missing.name} a moment ago. Try again.`)
  if (made.length) await rows(em, sql`analyze wanted`)
}

async function refuseOthers(em: Em, importId: number): Promise<void> {
  const other = await row(
    em,
    sql<{ name: string }>`
    select planned.name from import_group planned join named using (key)
    where import_id = ${importId} and (
      planned.is_list <> named.is_list or planned.group_id is not null and planned.group_id is distinct from named.group_id
    ) order by planned.name limit 1
  `
  )
  if (other)
    throw new RuleError(
      `${other.name} was deleted or replaced after this plan was made, so no customers were added. Upload the file again for a new plan.`
    )
}

/**
 * Deletes the lists that an import made, after its undo. A list stays if somebody has changed it or put customers into
 * it.
 */
export async function deleteLists(em: Em, undone: Operation, undo: { by: number; at: string }) {
  const made = sql`
    select named.group_id from import_group named join file_import file on file.id = named.import_id
    where file.operation_id = ${undone.id} and named.is_new and named.group_id is not null`
  // The lists are locked before their members are counted, so that nobody joins in between.
  const there = await rows(em, sql`select from customer_group where id in (${made}) order by id for update`)
  const gone = await rows(
    em,
    sql`
    with gone as (
      delete from customer_group grouped
      where id in (${made}) and version = 1 and not exists (select from list_membership where group_id = grouped.id) returning id, name
    ), noted as (
      insert into activity (at, by, kind, group_id, details)
      select ${undo.at}::timestamptz, ${undo.by}::int, 'group-deleted', id, jsonb_build_object('group', name, 'by', 'list') from gone
    )
    select id from gone
  `
  )
  return { lists: gone.length, listsKept: there.length - gone.length }
}
