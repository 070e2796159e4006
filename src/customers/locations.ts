import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'

const MOST = 35
const KEPT_MS = 60_000
/** By the database they were read from: a quarter of a page's time goes into them, and they hardly change. */
const kept = new WeakMap<object, { places: string[]; until: number }>()

/**
 * Places that customers live in, for a field's suggestions: all of them by name, or of many the commonest. They may be a
 * minute old.
 */
export async function listLocations(em: Em, now: Date): Promise<string[]> {
  const known = kept.get(em.getDriver())
  if (known && now.getTime() < known.until) return known.places
  const places = await readLocations(em)
  kept.set(em.getDriver(), { places, until: now.getTime() + KEPT_MS })
  return places
}

async function readLocations(em: Em): Promise<string[]> {
  const places = await firstPlaces(em, MOST + 1)
  if (places.length <= MOST) return places
  const commonest = await commonestPlaces(em)
  return (commonest.length ? commonest : places).slice(0, MOST)
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
