// Runs before the tests: starts one PostgreSQL for all of them, makes the migrated database that each test copies, and
// unpacks the browsers.
import { lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StartError } from '../src/config.ts'
import { isDatabaseAway } from '../src/db/away.ts'
import { eraseEmbedded, openEmbedded } from '../src/db/embedded.ts'
import { isRunning } from '../src/db/holders.ts'
import { migrate } from '../src/db/migrate.ts'
import { unpackBrowsers } from './browser/unpack.ts'
import { databaseUrl, onServer, TEMPLATE, TEST_FOLDER, TEST_FOLDERS, URL_FILE } from './database.ts'

// Nothing in this cluster needs to survive a crash of the machine.
const QUICK = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300' }

try {
  if (!process.env.TEST_DATABASE_URL) await startServer()
  await onServer((client) => client.query(`create database ${TEMPLATE} encoding 'UTF8' template template0`))
  await migrate(databaseUrl(TEMPLATE))
  await unpackBrowsers()
} catch (error) {
  // tap ends here, because there is nothing to test without a database.
  console.error(sentence(error) ?? error)
  if (!process.env.TEST_DATABASE_URL) await eraseEmbedded(TEST_FOLDER).catch(() => {})
  process.exit(1)
}

async function startServer(): Promise<void> {
  makeOwn(TEST_FOLDERS)
  await clearAway()
  const { url } = await openEmbedded(TEST_FOLDER, {
    holder: process.ppid,
    settings: QUICK,
    purpose: 'passing',
    manyDatabases: true
  })
  writeFileSync(URL_FILE, url, { mode: 0o600 })
}

/**
 * Refuses a folder of another user. In a folder where everybody may write, they could make it for us and have us delete
 * what they like.
 */
function makeOwn(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o711 })
  const found = lstatSync(folder)
  const { uid, mode } = found
  if (!found.isDirectory() || uid !== (process.getuid?.() ?? uid) || mode & 0o022)
    throw new StartError(`${folder} belongs to somebody else. Delete it, or set TMPDIR to another folder.`)
}

function sentence(error: unknown): string | null {
  if (error instanceof StartError) return `No tests were run. ${error.message}`
  if (!isDatabaseAway(error) || !(error instanceof Error)) return null
  return `No tests were run. Their PostgreSQL can’t be reached (${error.message}).`
}

/** Deletes what killed runs have left behind. */
async function clearAway(): Promise<void> {
  for (const name of readdirSync(TEST_FOLDERS)) {
    const run = /^test-(\d+)$/.exec(name)?.[1]
    if (!run || isRunning(Number(run))) continue
    await eraseEmbedded(join(TEST_FOLDERS, name))
    rmSync(join(TEST_FOLDERS, `${name}.url`), { force: true })
  }
}
