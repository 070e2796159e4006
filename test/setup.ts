// Before the tests: one PostgreSQL for all of them, in it the migrated database that each test copies, and the browsers.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openEmbedded, stopEmbedded } from '../src/db/embedded.ts'
import { isRunning } from '../src/db/holders.ts'
import { migrate } from '../src/db/migrate.ts'
import { unpackBrowsers } from './browser/unpack.ts'
import { databaseUrl, onServer, TEMPLATE, TEST_FOLDER, TEST_FOLDERS, URL_FILE } from './database.ts'

// Nothing of it must survive a crash of the machine.
const QUICK = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300' }

if (!process.env.TEST_DATABASE_URL) {
  mkdirSync(TEST_FOLDERS, { recursive: true })
  await clearAway()
  const { url } = await openEmbedded(TEST_FOLDER, { holder: process.ppid, settings: QUICK })
  writeFileSync(URL_FILE, url)
}
await onServer((client) => client.query(`create database ${TEMPLATE} encoding 'UTF8' template template0`))
await migrate(databaseUrl(TEMPLATE))
await unpackBrowsers()

/** What runs that were killed have left behind. */
async function clearAway(): Promise<void> {
  for (const name of readdirSync(TEST_FOLDERS)) {
    const run = /^test-(\d+)$/.exec(name)?.[1]
    if (!run || isRunning(Number(run))) continue
    await stopEmbedded(join(TEST_FOLDERS, name))
    for (const left of [name, `${name}.url`]) rmSync(join(TEST_FOLDERS, left), { recursive: true, force: true })
  }
}
