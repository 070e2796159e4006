import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'

/** Those of some places in which nobody lives any more are only of people who are gone. */
export async function forgetPlaces(em: Em, names: string[]): Promise<void> {
  await rows(
    em,
    sql`
    delete from place where name = any(${names}::text[]) and not exists (select from customer where location = place.name)
  `
  )
}

/**
 * Takes away places where nobody lives any more and those that are there twice, and adds what a new customer relied on at the
 * moment in which it was taken away. Leaps in the index from each place to the next one, over all who live there.
 */
export async function settlePlaces(em: Em): Promise<void> {
  await em.transactional(async (inner) => {
    await rows(
      inner,
      sql`
      delete from place where not exists (select from customer where location = place.name)
        or exists (select from place other where other.name = place.name and other.ctid < place.ctid)
    `
    )
    await rows(
      inner,
      sql`
      insert into place (name, folded)
      with recursive found as (
        (select location from customer where location is not null order by location limit 1)
        union all
        select next.location from found cross join lateral (
          select location from customer where customer.location > found.location order by location limit 1
        ) next
      )
      select location, search_text(location) from found where not exists (select from place where place.name = found.location)
    `
    )
  })
}
