import { readConfig } from '../config.ts'
import { migrate } from '../db/migrate.ts'
import { openDatabase } from '../db/open.ts'
import { run } from '../serve.ts'

await run(async () => {
  const database = await openDatabase(readConfig(), 'command')
  try {
    await migrate(database.url)
    console.log('The database is up to date.')
  } finally {
    await database.close()
  }
})
