import { type RawBuilder, sql } from 'kysely'
import { BORN_TOO_EARLY, EARLIEST_BIRTH } from '../customers/checks.ts'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import type { FileImport } from './file-import.ts'

/** Refuses rows. A refused row doesn't count any more, so that it can't be the first of two equal rows. */
export async function refuse(em: Em, found: RawBuilder<{ number: number; wrong: unknown; customer_ids: number[] }>) {
  await rows(
    em,
    sql`
    with found as (${found}), kept as (insert into refused select number, wrong, customer_ids from found)
    delete from entered using found where entered.number = found.number
  `
  )
}

const said = (column: RawBuilder<unknown>, message: RawBuilder<unknown>) =>
  sql`jsonb_build_object('column', ${column}, 'message', ${message})`

export async function refuseDates(em: Em, { mapping, isDayFirst }: FileImport, today: string): Promise<void> {
  const first = isDayFirst === false ? 'month' : 'day'
  const message = sql`case
    when birth_date is null then ${`This date doesn’t exist. Dates in this file are read with the ${first} first.`}
    when birth_date > ${today}::date then 'The birth date can’t be in the future.'
    else ${BORN_TOO_EARLY} end`
  await refuse(
    em,
    sql`
    select number, jsonb_build_array(${said(sql`${mapping.indexOf('birthDate')}::int`, message)}) as wrong, '{}'::int[] as customer_ids
    from entered where has_date and (birth_date is null or birth_date > ${today}::date or birth_date < ${EARLIEST_BIRTH}::date)
  `
  )
}

/** Refuses rows that repeat a phone or an e-mail. The message refers to the first row that has it. */
export async function refuseTwins(em: Em, phoneColumn: number, emailColumn: number): Promise<void> {
  const again = (contact: RawBuilder<unknown>, column: number, what: string) => sql`
    select entered.number, ${said(sql`${column}::int`, sql`'Row ' || first || ${` has the same ${what}.`}::text`)} as wrong
    from entered join (
      select ${contact} as contact, min(number) as first from entered where ${contact} is not null
      group by ${contact} having count(*) > 1
    ) twins on twins.contact = ${contact} where entered.number > first
  `
  await refuse(
    em,
    sql`
    select number, jsonb_agg(wrong order by (wrong ->> 'column')::int) as wrong, '{}'::int[] as customer_ids from (
      ${again(sql`phone`, phoneColumn, 'phone')} union all ${again(sql`email`, emailColumn, 'e-mail')}
    ) twin group by number
  `
  )
}

export async function refuseClashes(em: Em, phoneColumn: number): Promise<void> {
  const message = sql`'The phone belongs to one customer and the e-mail to another.'::text`
  await refuse(
    em,
    sql`
    select number, jsonb_build_array(${said(sql`${phoneColumn}::int`, message)}) as wrong,
      array[phone_owner, email_owner] as customer_ids
    from owned where phone_owner <> email_owner
  `
  )
  await rows(em, sql`delete from owned where phone_owner <> email_owner`)
}

/**
 * Refuses all rows of a customer but the first. A row with another person's name comes first only if there is no other.
 */
export async function refuseSameCustomer(em: Em): Promise<void> {
  const owner = sql`coalesce(phone_owner, email_owner)`
  const message = sql`case when is_stranger then 'The phone or e-mail belongs to the customer in row ' else 'This is the same customer as row ' end
    || first || '.'`
  await refuse(
    em,
    sql`
    select number, jsonb_build_array(${said(sql`null::int`, message)}) as wrong,
      array[customer_id] as customer_ids
    from (
      select number, is_stranger, ${owner} as customer_id,
        first_value(number) over (partition by ${owner} order by is_stranger, number) as first
      from owned
    ) same
    where number <> first
  `
  )
}
