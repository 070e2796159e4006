import { type RawBuilder, sql } from 'kysely'
import { WALK_IN_CUSTOMER } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'
import { liftDeadlines } from '../db/take-time.ts'
import { dayStart, type RetailersDay } from './calendar.ts'
import { LONG_FRESH_MS } from './fresh.ts'

/** The number of months shown: a year's, up to and including this one. */
const MONTHS = 12

/** The last twelve months as rows of (place, month): place counts from 0, and month is the first day. */
export const monthsTo = ({ today }: RetailersDay) => sql`(
  select place, (date_trunc('month', ${today}::date) - make_interval(months => ${MONTHS - 1}::int - place))::date as month
  from generate_series(0, ${MONTHS - 1}::int) place
)`

/** A temporary table of what some customers spent in each month. It is dropped at the end of the transaction. */
export const spentByMonth = (day: RetailersDay, customers: RawBuilder<boolean>) => sql`
  create temporary table spent_by_month on commit drop as
  select date_trunc('month', sold_at at time zone ${day.timeZone})::date as month, sum(total) as spent
  from sale
  where sold_at >= ${dayStart(sql`(select min(month) from ${monthsTo(day)} months)`, day.timeZone)} and ${customers}
  group by 1
`

/** Works out what all customers but the walk-in spent in each month, unless that was done recently. */
export async function keepEveryonesMonths(em: Em, day: RetailersDay, now: Date): Promise<void> {
  await em.transactional(async (inner) => {
    await liftDeadlines(inner)
    await rows(inner, sql`select pg_advisory_xact_lock(hashtext('everyone-months'))`)
    const fresh = sql<{ months: number }>`
      select count(*)::int as months from everyone_month join ${monthsTo(day)} months using (month)
      where as_of >= ${new Date(now.getTime() - LONG_FRESH_MS)}
    `
    if ((await row(inner, fresh))?.months === MONTHS) return
    await rows(inner, spentByMonth(day, sql<boolean>`customer_id <> ${WALK_IN_CUSTOMER}`))
    await rows(inner, sql`delete from everyone_month`)
    await rows(
      inner,
      sql`
      insert into everyone_month (month, as_of, spent)
      select month, ${now}, coalesce(spent, 0) from ${monthsTo(day)} months left join spent_by_month using (month)
    `
    )
  })
}
