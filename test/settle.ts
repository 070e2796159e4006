import { sql } from 'kysely'
import type { buildApp } from '../src/app.ts'
import type { Em, Orm } from '../src/db/orm.ts'
import { row } from '../src/db/rows.ts'
import { settleFigures } from '../src/figures/settle.ts'

/**
 * Brings figures up to date before each page, which a server does by itself all the time. Pages wait for each other,
 * because passes exclude each other.
 */
export function settleBeforePages(app: Awaited<ReturnType<typeof buildApp>>, orm: Orm): void {
  let settled = Promise.resolve()
  app.addHook('onRequest', async ({ method, url }) => {
    if (method !== 'GET' || url.startsWith('/assets/')) return
    settled = settled.catch(() => {}).then(() => settleWhatWaits(orm.em.fork()))
    await settled
  })
}

/** Looks first, as a server does: a pass over nothing takes longer than most pages. */
async function settleWhatWaits(em: Em): Promise<void> {
  const waiting = await row(
    em,
    sql<{ found: boolean }>`
    select exists (
      select from spend_change union all select from count_change union all select from product_change
    ) as found
  `
  )
  if (waiting?.found) await settleFigures(em)
}
