import { readConfig, StartError } from './config.ts'
import { findRetailer } from './retailer/queries.ts'
import { run, serve } from './serve.ts'
import { ensureFirstAdmin } from './staff/first-admin.ts'

await run(async () => {
  const config = readConfig()
  await serve(config, async (em, address, now) => {
    const retailer = await findRetailer(em)
    if (retailer?.isDemo)
      throw new StartError('DATABASE_URL names the database of a demo; npm start needs one of its own.')
    const first = await ensureFirstAdmin(em, config, now)
    const setUp = first
      ? [`Open ${address}/set-up/${first.setUpToken} to set up the shop; this link works once, for 24 hours.`]
      : []
    return [`Clientele listens on ${address}`, ...setUp]
  })
})
