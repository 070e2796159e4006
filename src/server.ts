import { readConfig, StartError } from './config.ts'
import { findRetailer } from './retailer/queries.ts'
import { run, serve } from './serve.ts'
import { ensureFirstAdmin } from './staff/first-admin.ts'

await run(async () => {
  const config = readConfig()
  await serve(config, async (em, address, now) => {
    const retailer = await findRetailer(em)
    if (retailer?.isDemo)
      throw new StartError('DATABASE_URL names the demo’s database. npm start needs a database of its own.')
    const first = await ensureFirstAdmin(em, config, now)
    const setUp = first
      ? [`To set up the shop, open ${address}/set-up/${first.setUpToken} (works once, within 24 hours).`]
      : []
    return [`Clientele listens on ${address}`, ...setUp]
  })
})
