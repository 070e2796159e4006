import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import type { Identity } from './identity.ts'

/** A search that found more customers than this does not single anybody out. */
const MANY = 100
const SHORTEST = 3

/**
 * Empties selections whose All Pages was a search for somebody who is being deleted: by (a part of) a name, phone
 * number or e-mail, or by a location where nobody else lives. A selection that is being carried out is emptied when
 * that ends.
 */
export async function eraseFromSelections(em: Em, { id, words, places }: Identity): Promise<void> {
  const q = sql`(filter->'params'->>'q')`
  const place = sql`(filter->'params'->>'location')`
  // This reads a location as placesWith() in src/customers/locations.ts does.
  const isMeant = (folded: RawBuilder<unknown>) => sql`case when ${place} ~ '^".+"$'
    then ${folded} = search_text(regexp_replace(${place}, '^"|"$', '', 'g'))
    else strpos(${folded}, search_text(nullif(${place}, ''))) > 0 end`
  await rows(
    em,
    sql`
    with spoken as (
      select selection.id from selection
      where matched <= ${MANY} and not exists (
        select from bulk_operation operation where operation.selection_id = selection.id and operation.state in ('waiting', 'running')
      ) and (
        length(${q}) >= ${SHORTEST} and not exists (
          select from regexp_split_to_table(${q}, '\\s+') word
          where strpos(solid_text(' ' || ${words}::text), solid_text(word)) = 0
        )
        or length(regexp_replace(${q}, '\\D', '', 'g')) >= ${SHORTEST} and ${q} !~ '[[:alpha:]]'
          and strpos(${words}, ltrim(regexp_replace(${q}, '\\D', '', 'g'), '0')) > 0
        or exists (select from unnest(${places}::text[]) known where ${isMeant(sql`search_text(known)`)})
          and not exists (
            select from place join customer on customer.location = place.name
            where customer.id <> ${id} and ${isMeant(sql`place.folded`)}
          )
      )
    ), unticked as (
      delete from selection_tick where selection_id in (select id from spoken)
    )
    update selection set filter = null, highest_id = null, matched = 0 where id in (select id from spoken)
  `
  )
}
