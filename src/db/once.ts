import { type RawBuilder, sql } from 'kysely'
import { RuleError } from '../lib/errors.ts'
import type { Em } from './orm.ts'
import { row, rows } from './rows.ts'

export interface FormResult {
  location: string
  isRepeat: boolean
}

/** A form that was sent: its one-time key, the kind of form, and the id of the staff member who sent it. */
export interface SentForm {
  key: string
  form: string
  by: number
}

const KEPT_DAYS = 30

/**
 * Does a thing at most once for a form's key, in one transaction, and says where its result is. A repeat (a double
 * click, a retry, the browser's Back) waits for the first and is answered with the first one's result. By hand: the key is
 * claimed and the thing done in one statement where that counts (bench: `customer/create`).
 */
export async function once(em: Em, sent: SentForm, work: (em: Em) => Promise<string>): Promise<FormResult> {
  return em.transactional(async (inner) => {
    const claimed = await row(inner, claimKey(sent, sql`values ('')`))
    if (!claimed) return firstResult(inner, sent)
    const location = await work(inner)
    await inner.flush()
    await row(inner, sql`update form_key set location = ${location} where key = ${sent.key}`)
    return { location, isRepeat: false }
  })
}

/**
 * The part of a statement that claims a form's key and stores the address of the result. It returns no row if the key
 * is spent.
 */
export function claimKey({ key, form, by }: SentForm, location: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    insert into form_key (key, location, form, staff_member_id)
    select ${key}::uuid, result.location, ${form}, ${by}::int from (${location}) result (location)
    on conflict do nothing returning 1
  `
}

/**
 * The result of the form that first used a spent key. This is a query of its own because that result may have been
 * written while the claim waited for it. A key of another form, or of another staff member, is refused: its result
 * would answer a different request.
 * @throws RuleError if the key belongs to another form or staff member.
 */
export async function firstResult(em: Em, { key, form, by }: SentForm): Promise<FormResult> {
  const first = await row(
    em,
    sql<{ location: string }>`
    select location from form_key
    where key = ${key} and coalesce(form, ${form}) = ${form} and coalesce(staff_member_id, ${by}) = ${by}
  `
  )
  if (!first) throw new RuleError('This form was already sent. To send another, open the page again.')
  return { location: first.location, isRepeat: true }
}

/** Forgets the keys of forms that are too old to be sent again. */
export async function forgetOldKeys(em: Em, now: Date): Promise<void> {
  await rows(
    em,
    sql`delete from form_key where created_at < ${now}::timestamptz - make_interval(days => ${KEPT_DAYS}::int)`
  )
}
