import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row } from '../db/rows.ts'

export interface Done {
  location: string
  isRepeat: boolean
}

/**
 * Does a thing at most once for a form's key, in one transaction, and says where its result is. A repeat (a double
 * click, a retry, the browser's Back) waits for the first and is answered with the first one's result.
 */
export async function once(em: Em, key: string, work: (em: Em) => Promise<string>): Promise<Done> {
  return em.transactional(async (inner) => {
    const claimed = await row(
      inner,
      sql`insert into form_key (key, location) values (${key}, '') on conflict do nothing returning 1`
    )
    if (!claimed) {
      const first = await row(inner, sql<{ location: string }>`select location from form_key where key = ${key}`)
      return { location: first?.location ?? '/', isRepeat: true }
    }
    const location = await work(inner)
    await inner.flush()
    await row(inner, sql`update form_key set location = ${location} where key = ${key}`)
    return { location, isRepeat: false }
  })
}
