import { sql } from 'kysely'
import { changesBetween, note } from '../activity/note.ts'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'
import type { Actor } from '../lib/actor.ts'
import { RuleError } from '../lib/errors.ts'
import type { RetailerFields, Settings } from './form.ts'
import { hasSale } from './queries.ts'

const LOCK_NOT_AVAILABLE = '55P03'

/** There is one retailer: if somebody else was first, theirs stays as it is, and this answers false. */
export async function addRetailer(em: Em, form: RetailerFields): Promise<boolean> {
  const { name, country, timeZone, currency, locale } = form
  const added = await row(
    em,
    sql`
    insert into retailer (name, country, time_zone, currency, locale)
    values (${name}, ${country}, ${timeZone}, ${currency}, ${locale})
    on conflict do nothing returning 1
  `
  )
  return added !== undefined
}

/** Changes the retailer unless somebody else did since `form.version`; says whether it did. */
export async function changeRetailer(em: Em, form: Settings, actor: Actor): Promise<boolean> {
  const { name, country, timeZone, currency, locale, version } = form
  return em.transactional(async (inner) => {
    const kept = await row(
      inner,
      sql<RetailerFields>`
      select name, country, time_zone as "timeZone", currency, locale from retailer where version = ${version} for update
    `
    )
    if (!kept) return false
    if (kept.currency !== currency) await refuseOnceSold(inner)
    await rows(
      inner,
      sql`
      update retailer set name = ${name}, country = ${country}, time_zone = ${timeZone}, currency = ${currency},
        locale = ${locale}, version = version + 1
    `
    )
    const changes = changesBetween(kept, { name, country, timeZone, currency, locale })
    if (changes.length) await note(inner, 'settings-changed', actor, { details: { changes } })
    return true
  })
}

/** The currency can't be changed, or not now. */
export class CurrencyFixed extends RuleError {}

/** The lock waits for the sales that are being written, and has those to come wait for the new currency. */
async function refuseOnceSold(em: Em): Promise<void> {
  await rows(em, sql`set local lock_timeout = '2s'`)
  try {
    await rows(em, sql`lock table sale in share mode`)
  } catch (error) {
    if (!isLockTimeout(error)) throw error
    throw new CurrencyFixed(
      'A sale is being recorded right now, so the currency was not changed. Try again in a moment.'
    )
  }
  if (await hasSale(em)) throw new CurrencyFixed('You already have sales, so the currency can’t be changed.')
}

function isLockTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === LOCK_NOT_AVAILABLE
}
