import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

/**
 * The id of tap's runner, which is the parent of the set-up, of each test file and of the tear-down. It keeps two runs
 * apart.
 */
const RUN = process.ppid
/** Each user has a folder of their own, where nobody else may write. */
export const TEST_FOLDERS = join(tmpdir(), `clientele-tests-${process.getuid?.() ?? 'all'}`)
export const TEST_FOLDER = join(TEST_FOLDERS, `test-${RUN}`)
export const TEMPLATE = `clientele_test_${RUN}`
/** The template with the demo's retailer in it. The first test that needs it makes it. */
export const DEMO_TEMPLATE = `${TEMPLATE}_demo`
export const URL_FILE = `${TEST_FOLDER}.url`

/** The address of the server that test/setup.ts started, or that TEST_DATABASE_URL names. */
export function serverUrl(): string {
  return process.env.TEST_DATABASE_URL ?? readFileSync(URL_FILE, 'utf8')
}

export function databaseUrl(name: string): string {
  const url = new URL(serverUrl())
  url.pathname = `/${name}`
  return url.href
}

export async function onServer<Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: databaseUrl('postgres') })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

const BUSY = '55006'

/** Creates a migrated database for one test, by copying the template. */
export async function createDatabase(template = TEMPLATE) {
  const name = `${TEMPLATE}_${randomUUID().replaceAll('-', '')}`
  await onServer((client) => copyTemplate(client, template, name))
  return {
    url: databaseUrl(name),
    drop: () => onServer(async (client) => void (await client.query(`drop database if exists ${name} with (force)`)))
  }
}

async function copyTemplate(client: pg.Client, template: string, name: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      // By its files: block by block, by way of the log, it takes half as long again.
      await client.query(`create database ${name} template ${template} strategy file_copy`)
      return
    } catch (error) {
      // Another test is copying the template at this moment.
      const isBusy = error instanceof pg.DatabaseError && error.code === BUSY
      if (!isBusy || tries > 100) throw error
      await sleep(50)
    }
  }
}
