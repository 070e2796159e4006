import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'

/** Places that customers live in, for a field's suggestions: all of them by name, or of many the commonest. */
export async function listLocations(em: Em, limit = 100): Promise<string[]> {
  const places = await firstPlaces(em, limit + 1)
  if (places.length <= limit) return places
  const commonest = await commonestPlaces(em)
  return (commonest.length ? commonest : places).slice(0, limit)
}

/** Leaps in the index from each place to the next one, over all who live there. */
async function firstPlaces(em: Em, limit: number): Promise<string[]> {
  const found = await rows(
    em,
    sql<{ location: string }>`
    with recursive place as (
      (select location from customer where location is not null order by location limit 1)
      union all
      select next.location from place cross join lateral (
        select location from customer where customer.location > place.location order by location limit 1
      ) next
    )
    select location from place limit ${limit}
  `
  )
  return found.map((one) => one.location)
}

/** As the planner's statistics have them; none before the first ANALYZE. */
async function commonestPlaces(em: Em): Promise<string[]> {
  const found = await row(
    em,
    sql<{ places: string[] }>`
    select most_common_vals::text::text[] as places from pg_stats
    where schemaname = current_schema and tablename = 'customer' and attname = 'location'
  `
  )
  return found?.places ?? []
}
