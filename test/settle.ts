import type { buildApp } from '../src/app.ts'
import type { Orm } from '../src/db/orm.ts'
import { settleFigures } from '../src/figures/settle.ts'

/** Before each page the figures are up to date: a server does so by itself, all the time. One after the other, as passes exclude each other. */
export function settleBeforePages(app: Awaited<ReturnType<typeof buildApp>>, orm: Orm): void {
  let settled = Promise.resolve()
  app.addHook('onRequest', async ({ method, url }) => {
    if (method !== 'GET' || url.startsWith('/assets/')) return
    settled = settled.catch(() => {}).then(() => settleFigures(orm.em.fork()))
    await settled
  })
}
