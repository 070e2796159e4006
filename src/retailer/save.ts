import { sql } from 'kysely'
import { changesBetween, note } from '../activity/note.ts'
import { isLockTimeout } from '../db/breaches.ts'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'
import { saveOver } from '../db/versioned.ts'
import type { Actor } from '../lib/actor.ts'
import { RuleError } from '../lib/errors.ts'
import type { RetailerFields, Settings } from './form.ts'
import { hasSale } from './queries.ts'
import { Retailer } from './retailer.ts'

/**
 * There is one retailer: if somebody else was first, theirs stays as it is, and this answers false. By hand, as MikroORM
 * can't say whether an insert that gives way to another was the one that did it.
 */
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

/** Changes the retailer over the version that somebody was shown (src/db/versioned.ts). */
export async function changeRetailer(em: Em, form: Settings, actor: Actor): Promise<void> {
  const { name, country, timeZone, currency, locale, version } = form
  const values = { name, country, timeZone, currency, locale }
  await em.transactional(async (inner) => {
    const before = await saveOver(inner, Retailer, { id: true }, version, values)
    // Takes the change back if it must not be.
    if (before.currency !== currency) await refuseOnceSold(inner)
    const changes = changesBetween(before, values)
    if (changes.length) await note(inner, 'settings-changed', actor, { details: { changes } })
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
