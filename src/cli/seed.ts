import { readConfig } from '../config.ts'
import { openDatabase } from '../db/open.ts'
import { importDevelopment } from '../demo/import-development.ts'
import { DEMO_PASSWORD, DEMO_STAFF } from '../demo/shop.ts'
import { readOptions } from '../seed/options.ts'
import { SEEDED_NAME } from '../seed/permission.ts'
import { clock, Progress } from '../seed/progress.ts'
import { run } from '../serve.ts'

// npm run seed -- --customers N --groups N --sales N --seed S makes up a retailer of any size. The same seed makes the
// same one.
await run(async () => {
  const options = readOptions(process.argv.slice(2))
  const { seed } = await importDevelopment(() => import('../seed/seed.ts'))
  const database = await openDatabase(readConfig(), 'command')
  try {
    const counts = await seed(database.url, options, new Progress(process.stderr))
    console.log(`${SEEDED_NAME} is ready after ${clock(performance.now() / 1000)}:`)
    for (const [table, count] of Object.entries(counts))
      console.log(`  ${table.padEnd(20)} ${count.toLocaleString('en-US')}`)
    console.log(`Sign in as ${DEMO_STAFF.map(({ email }) => email).join(', ')} with ${DEMO_PASSWORD}`)
  } finally {
    await database.close()
  }
})
