import { sql } from 'kysely'
import { WALK_IN_GROUP } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { findRetailer } from '../retailer/queries.ts'
import { alone } from './alone.ts'
import { dayOf, dayStart, type RetailersDay } from './calendar.ts'
import { countDay } from './days.ts'
import { keepEveryonesMonths, monthsTo, spentByMonth } from './months.ts'
import { findOverviews, RECENCY } from './overview.ts'
import { EVERYONE } from './queries.ts'

const MOST_LOCATIONS = 6

/** Works out a group's overview and replaces the previous one. Walk-in has none (docs/rules.md, 3). */
export async function workOutOverview(em: Em, groupId: number, now: Date): Promise<void> {
  const retailer = await findRetailer(em)
  if (!retailer || groupId === WALK_IN_GROUP) return
  const day = dayOf(retailer, now)
  await countDay(em, day.today, now)
  await keepEveryonesMonths(em, day, now)
  await alone(em, `overview ${groupId}`, async (inner) => {
    const [kept] = await findOverviews(inner, [groupId], now)
    if (kept && !kept.isStale) return
    await rows(inner, members(groupId))
    // Without statistics, the planner would take the table for a small one and look up a million sales one by one.
    await rows(inner, sql`analyze member`)
    await rows(inner, spentByMonth(day, sql<boolean>`customer_id in (select customer_id from member)`))
    // This comes last and all at once, because a deletion that erases a location waits for these rows.
    await rows(inner, sql`delete from group_overview where group_id = ${groupId}`)
    await rows(inner, replacement(groupId, day, now))
  })
}

const members = (groupId: number) => sql`
  create temporary table member on commit drop as
  select customer_id, membership.joined_at, totals.last_order_at, customer.location
  from membership
  join customer_totals totals using (customer_id)
  join customer on customer.id = customer_id
  where membership.group_id = ${groupId}
`

const replacement = (groupId: number, day: RetailersDay, now: Date) => sql`
  with ${origin(day)}, ${history(groupId, day)}, ${places}, counted as (
    select count(*)::int as members, count(*) filter (where joined_at > origin.at)::int as since_origin,
      count(*) filter (where joined_at >= case when origin.is_whole then origin.at else ${ago(day, 30)} end)::int as joined,
      count(*) filter (where location is null)::int as nowhere
    from member cross join origin
  ), recent as (
    select ${bucket(day)} as label, count(*) as value from member group by 1
  ), kept as (
    insert into group_overview (group_id, as_of, members, joined, lost, lost_since, elsewhere, nowhere)
    select customer_group.id, ${now}, counted.members, joined,
      greatest(0, ${membersOn(groupId, sql`origin.day`)} - (counted.members - since_origin)), origin.at,
      (select coalesce(sum(value), 0) from ranked_place where place > ${MOST_LOCATIONS})::int, nowhere
    from customer_group cross join counted cross join origin where customer_group.id = ${groupId}
    returning group_id
  ), part (part, place, label, value, everyone) as (
    select 'members', place, month::text, members, null from history
    union all
    select 'spend', place, month::text, coalesce(spent_by_month.spent, 0) / nullif(counted.members, 0),
      everyone_month.spent / nullif((${EVERYONE}), 0)
    from ${monthsTo(day)} months left join spent_by_month using (month) left join everyone_month using (month) cross join counted
    union all
    select 'recency', row_number() over ()::int, label, value, null from recent
    union all
    select 'location', place, name, value, null from ranked_place
    where place <= ${MOST_LOCATIONS} and exists (select from customer where location = ranked_place.name)
  )
  insert into overview_row (group_id, part, place, label, value, everyone)
  select group_id, part, place, label, coalesce(value, 0), everyone from kept cross join part
`

/** The day from which losses are counted: 30 days ago, or else the first day since then whose numbers are on record. */
const origin = ({ today }: RetailersDay) => sql`origin as (
  select * from (
    (select day, at, true as is_whole from counted_day where day <= ${today}::date - 30 order by day desc limit 1)
    union all
    (select day, at, false from counted_day where day > ${today}::date - 30 order by day limit 1)
  ) either order by is_whole desc limit 1
)`

/** The number of members on a day, as recorded on that day or last before it. */
const membersOn = (groupId: number, day: ReturnType<typeof sql>) => sql`
  coalesce((select members from group_day where group_id = ${groupId} and day <= ${day} order by day desc limit 1), 0)
`

/**
 * The number of members at the end of each month: as it was recorded, or before the records began, how many of today's
 * members had joined.
 */
const history = (groupId: number, day: RetailersDay) => sql`joined as (
  select date_trunc('month', joined_at at time zone ${day.timeZone})::date as month, count(*) as number from member group by 1
), history as (
  select place, month, case
    when month + interval '1 month' <= ${day.today}::date and exists (
      select from counted_day where day <= month + interval '1 month'
    ) then ${membersOn(groupId, sql`(month + interval '1 month')`)}
    else (select coalesce(sum(number), 0) from joined where joined.month <= months.month)
  end as members
  from ${monthsTo(day)} months
)`

/**
 * The members' locations, most frequent first. Different spellings count as one location, under the most frequent
 * spelling.
 */
const places = sql`ranked_place as (
  select row_number() over (order by sum(number) desc, min(location))::int as place,
    (array_agg(location order by number desc, location))[1] as name, sum(number) as value
  from (select location, count(*) as number from member where location is not null group by location) spelled
  group by search_text(location)
)`

function ago({ today, timeZone }: RetailersDay, days: number) {
  return dayStart(sql`${today}::date - ${days}::int`, timeZone)
}

function bucket(day: RetailersDay) {
  const ends = RECENCY.flatMap(({ key, to }) =>
    to === null ? [] : [sql`when last_order_at >= ${ago(day, to)} then ${key}`]
  )
  return sql`case when last_order_at is null then 'never' ${sql.join(ends, sql` `)} else 'older' end`
}
