import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

/** tap's runner is the parent of the set-up, of every test file and of the tear-down: its id keeps two runs apart. */
const RUN = process.ppid
/** Each user has their own: nobody else may write there. */
export const TEST_FOLDERS = join(tmpdir(), `clientele-tests-${process.getuid?.() ?? 'all'}`)
export const TEST_FOLDER = join(TEST_FOLDERS, `test-${RUN}`)
export const TEMPLATE = `clientele_test_${RUN}`
/** With the demo's retailer in it; made by the first test that asks for it. */
export const DEMO_TEMPLATE = `${TEMPLATE}_demo`
export const URL_FILE = `${TEST_FOLDER}.url`

/** The server that test/setup.ts has started, or the one that TEST_DATABASE_URL names. */
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

/** A database of its own for one test, migrated: a copy of the template. */
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
      // Another test is copying it at this very moment.
      const isBusy = error instanceof pg.DatabaseError && error.code === BUSY
      if (!isBusy || tries > 100) throw error
      await sleep(50)
    }
  }
}
