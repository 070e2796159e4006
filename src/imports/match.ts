import { type RawBuilder, sql } from 'kysely'
import { FIELD_LIST } from '../customers/fields.ts'
import { preferIndexes } from '../db/by-index.ts'
import { DEFAULT_GROUP } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'
import type { FileImport } from './file-import.ts'
import { INTO_NAMED, nameGroups, refusedGroups } from './named/match.ts'
import { readFields } from './read-fields.ts'
import type { ColumnContent } from './reading/headers.ts'
import { refuse, refuseClashes, refuseDates, refuseSameCustomer, refuseTwins } from './refusals.ts'

/**
 * Matches all rows of an import at once to the customers in the database at this moment. It leaves three tables for the
 * rest of em's transaction: `entered` holds the values of the rows that can be read; `refused` the rows that are wrong
 * because of other rows or customers; `fresh` the bucket of each row of `entered`. Nothing else is written. `which` may
 * limit this to some rows of the file; conflicts with the other rows are then not noticed.
 */
export async function matchRows(em: Em, file: FileImport, today: string, which = sql<boolean>`true`): Promise<void> {
  const column = (field: ColumnContent) => file.mapping.indexOf(field)
  if ((await enter(em, file, which)) < FEW) await preferIndexes(em)
  await rows(
    em,
    sql`create temporary table refused (number integer, wrong jsonb, customer_ids integer[]) on commit drop`
  )
  await refuseDates(em, file, today)
  if (file.isIntoNamed) {
    await nameGroups(em)
    await refuse(em, refusedGroups(file))
  }
  await refuseTwins(em, column('phone'), column('email'))
  await findOwners(em)
  await refuseClashes(em, column('phone'))
  await refuseSameCustomer(em)
  await place(em, file)
}

/** With fewer rows than this, looking each up by an index is faster than reading all customers. */
const FEW = 30_000

async function enter(em: Em, file: FileImport, which: RawBuilder<boolean>): Promise<number> {
  await rows(
    em,
    sql`
    create temporary table entered on commit drop as
    select number, ${readFields(file)}, group_names, has_date
    from import_row where import_id = ${sql.lit(file.id)} and passed_over is null and wrong is null and ${which}
  `
  )
  await rows(em, sql`analyze entered`)
  return (await row(em, sql<{ n: number }>`select count(*)::int as n from entered`))?.n ?? 0
}

/** Most names differ only in case. That comparison comes first, because it is fast. */
const isStranger = (owner: 'by_phone' | 'by_email') => {
  const [first, last] = [sql.ref(`${owner}.first_name`), sql.ref(`${owner}.last_name`)]
  return sql`case
    when lower(entered.first_name) = lower(${first}) or lower(nullif(entered.last_name, '')) = lower(${last}) then false
    else is_other_name(entered.first_name, entered.last_name, ${first}, ${last}) end`
}

/** Finds the customers whose phone or e-mail the rows have. A phone counts before an e-mail (docs/rules.md, 10). */
async function findOwners(em: Em): Promise<void> {
  await rows(
    em,
    sql`
    create temporary table owned on commit drop as
    select entered.number, by_phone.id as phone_owner, by_email.id as email_owner,
      case when by_phone.id is null then ${isStranger('by_email')} else ${isStranger('by_phone')} end as is_stranger
    from entered
    left join customer by_phone on by_phone.phone = entered.phone
    left join customer by_email on by_email.email = entered.email
    where by_phone.id is not null or by_email.id is not null
  `
  )
  await rows(em, sql`analyze owned`)
}

/** The number of fields that the row would change. An empty cell changes nothing. */
const CHANGED_FIELDS = sql.join(
  FIELD_LIST.map(
    ({ column }) =>
      sql`(nullif(${sql.ref(`entered.${column}`)}::text, '') is not null
        and ${sql.ref(`entered.${column}`)}::text <> coalesce(${sql.ref(`customer.${column}`)}::text, ''))::int`
  ),
  sql` + `
)

function intoOne({ groupId, isList }: FileImport) {
  const member = isList
    ? sql`left join list_membership member on member.group_id = ${sql.lit(groupId)} and member.customer_id = customer.id`
    : sql`left join primary_membership member on member.customer_id = customer.id`
  const bucket = isList
    ? sql`case when member.group_id is not null then 'already' else 'add' end`
    : sql`case when member.group_id = ${sql.lit(groupId)} then 'already'
          when member.group_id = ${sql.lit(DEFAULT_GROUP)} then 'add' else 'move' end`
  return { member, bucket }
}

async function place(em: Em, file: FileImport): Promise<void> {
  const { member, bucket } = file.isIntoNamed ? INTO_NAMED : intoOne(file)
  await rows(
    em,
    sql`
    create temporary table fresh on commit drop as
    select number, case when customer_id is null then 'create' when is_stranger then 'stranger' else bucket end as bucket,
      case when is_stranger then bucket end as if_ticked, null::integer as name_seen, customer_id,
      from_group_id, changed_fields, changed_fields > 0 as is_different
    from (
      select entered.number, customer.id as customer_id, coalesce(owned.is_stranger, false) as is_stranger, ${bucket} as bucket,
        case when customer.id is not null then member.group_id end as from_group_id,
        case when customer.id is null then 0 else ${CHANGED_FIELDS} end as changed_fields
      from entered
      left join owned on owned.number = entered.number
      left join customer on customer.id = coalesce(owned.phone_owner, owned.email_owner)
      ${member}
    ) placed
  `
  )
  await rows(em, sql`analyze fresh`)
}
