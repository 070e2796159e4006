import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { keepErrors } from './errors.ts'
import type { FileImport } from './file-import.ts'

/**
 * Stores the rows whose bucket is no longer the planned one, and replaces the planned matches by those of this moment.
 */
export async function keepChanges(em: Em, { id }: FileImport): Promise<void> {
  await rows(
    em,
    sql`
    create temporary table changed on commit drop as
    select now.*, was.bucket as was
    from import_match was join (
      select number, bucket, customer_id, from_group_id, is_different, changed_fields, if_ticked from fresh
      union all
      select number, 'wrong', null, null, false, 0, null from refused
      union all
      select number, 'wrong', null, null, false, 0, null from import_row where import_id = ${sql.lit(id)} and wrong is not null
    ) now on now.number = was.number
    where was.import_id = ${sql.lit(id)}
      and (was.bucket, was.customer_id, was.from_group_id, was.is_different, was.changed_fields, was.if_ticked)
        is distinct from (now.bucket, now.customer_id, now.from_group_id, now.is_different, now.changed_fields, now.if_ticked)
  `
  )
  await rows(
    em,
    sql`
    with kept as (
      insert into import_change (import_id, number, was, now)
      select ${sql.lit(id)}, number, was, bucket from changed where was <> bucket
    )
    update import_match planned
    set bucket = changed.bucket, customer_id = changed.customer_id, from_group_id = changed.from_group_id,
      is_different = changed.is_different, changed_fields = changed.changed_fields, if_ticked = changed.if_ticked
    from changed where planned.import_id = ${sql.lit(id)} and planned.number = changed.number
  `
  )
  await keepErrors(em, id)
}

/**
 * Stores the rows that should have created a customer but didn't, because another customer got their phone or e-mail
 * first or their person was deleted. The operation counts the changes of customers who existed before.
 */
export async function keepLate(em: Em, id: number): Promise<void> {
  await rows(
    em,
    sql`
    with late as (
      update import_match set bucket = 'wrong'
      where import_id = ${sql.lit(id)} and bucket = 'create' and number in (
        select number from refused union all
        select number from import_row where import_id = ${sql.lit(id)} and wrong is not null
      ) returning number
    )
    insert into import_change (import_id, number, was, now) select ${sql.lit(id)}, number, 'create', 'wrong' from late
    on conflict do nothing
  `
  )
  await keepErrors(em, id)
}
