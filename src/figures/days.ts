import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'

/** Thirteen months, whatever their lengths. */
const KEPT_DAYS = 400

/**
 * Records how many members each group has, on the first call of a day. That is all the history that "new" and "lost"
 * need. A group had m members at a recorded moment T. Now it has n, of whom j have joined since T. So n − j have
 * stayed, m − (n − j) are lost, and j are new. This is exact because each membership says since when it is. Undoing a
 * bulk operation restores that too, and leaves no trace here. Recording each join and leave would slow down every
 * change; this way only this function writes, and no row twice.
 */
export async function countDay(em: Em, today: string, now: Date): Promise<void> {
  const done = await row(
    em,
    sql<{ begun: boolean }>`
    with begun as (
      insert into counted_day (day, at) values (${today}, ${now}) on conflict do nothing returning day
    ), change as (
      select group_id, sum(delta) as delta from count_change group by group_id
    ), counted as (
      select group_id, (figures.customers + coalesce(delta, 0))::int as members
      from group_figures figures left join change using (group_id)
    ), noted as (
      insert into group_day (group_id, day, members)
      select counted.group_id, begun.day, counted.members
      from begun cross join counted left join lateral (
        select members from group_day where group_day.group_id = counted.group_id order by day desc limit 1
      ) latest on true
      where counted.members <> coalesce(latest.members, 0)
    )
    select exists (select from begun) as begun
  `
  )
  if (done?.begun) await forgetOldDays(em, today)
}

/**
 * Of the days before the oldest one that is kept, the last change of a group stays, because it still applies on that
 * day.
 */
async function forgetOldDays(em: Em, today: string): Promise<void> {
  await rows(
    em,
    sql`
    delete from group_day old where day < ${today}::date - ${KEPT_DAYS}::int and exists (
      select from group_day later
      where later.group_id = old.group_id and later.day > old.day and later.day <= ${today}::date - ${KEPT_DAYS}::int
    )
  `
  )
}
