import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'
import { RuleError } from './errors.ts'

export interface Done {
  location: string
  isRepeat: boolean
}

/** A form that was sent: by its one-time key, what it makes, and who sent it. */
export interface SentForm {
  key: string
  form: string
  by: number
}

const KEPT_DAYS = 30

/**
 * Does a thing at most once for a form's key, in one transaction, and says where its result is. A repeat (a double
 * click, a retry, the browser's Back) waits for the first and is answered with the first one's result.
 */
export async function once(em: Em, sent: SentForm, work: (em: Em) => Promise<string>): Promise<Done> {
  const { key, form, by } = sent
  return em.transactional(async (inner) => {
    const claimed = await row(
      inner,
      sql`
      insert into form_key (key, location, form, staff_member_id) values (${key}, '', ${form}, ${by})
      on conflict do nothing returning 1
    `
    )
    if (!claimed) return { location: await findFirst(inner, sent), isRepeat: true }
    const location = await work(inner)
    await inner.flush()
    await row(inner, sql`update form_key set location = ${location} where key = ${key}`)
    return { location, isRepeat: false }
  })
}

/** Where the first one's result is; of another form, or of somebody else, it would be the answer to a question that nobody asked. */
async function findFirst(em: Em, { key, form, by }: SentForm): Promise<string> {
  const first = await row(
    em,
    sql<{ location: string }>`
    select location from form_key
    where key = ${key} and coalesce(form, ${form}) = ${form} and coalesce(staff_member_id, ${by}) = ${by}
  `
  )
  if (!first) throw new RuleError('This form was sent before, by somebody else or as another one. Open its page again.')
  return first.location
}

/** Forgets keys of forms that nobody sends again. */
export async function forgetOldKeys(em: Em, now: Date): Promise<void> {
  await rows(
    em,
    sql`delete from form_key where created_at < ${now}::timestamptz - make_interval(days => ${KEPT_DAYS}::int)`
  )
}
