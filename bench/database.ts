import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import type { Config } from '../src/config.ts'
import { openEmbedded } from '../src/db/embedded.ts'
import type { Options } from '../src/seed/options.ts'
import { Progress } from '../src/seed/progress.ts'
import { seed } from '../src/seed/seed.ts'
import { startServer } from './server.ts'
import { isBehind, settle } from './settle.ts'

const SEED = 1
const TODAY = '2026-11-25'
const CUSTOMERS_PER_GROUP = 200
const FEWEST_GROUPS = 30
const SALES_PER_CUSTOMER = 3

/** The size of the big retailer with this number of customers. With a million customers it has 5,000 groups. */
export function retailerOf(customers: number): Options {
  const groups = Math.max(FEWEST_GROUPS, Math.round(customers / CUSTOMERS_PER_GROUP))
  return { customers, groups, sales: customers * SALES_PER_CUSTOMER, seed: SEED, today: TODAY }
}

/**
 * The server that holds the bench's databases: the one that DATABASE_URL names, or an embedded one of the bench's own.
 */
export async function openServer({ DATABASE_URL, DATA_DIR }: Pick<Config, 'DATABASE_URL' | 'DATA_DIR'>) {
  if (DATABASE_URL) return { url: DATABASE_URL, close: async () => {} }
  return openEmbedded(join(DATA_DIR, 'bench'), { manyDatabases: true })
}

/**
 * Works on a copy of the seeded retailer and drops it afterwards. Whatever a case changes, and wherever a run is
 * interrupted, the next run begins with the same rows in the same places.
 */
export async function onCopy<Result>(server: string, retailer: Options, work: (url: string) => Promise<Result>) {
  const seeded = await ensureSeeded(server, retailer)
  const copy = `${seeded}_run`
  await queryOnce(server, `drop database if exists ${copy} with (force)`)
  await queryOnce(server, `create database ${copy} template ${seeded} strategy file_copy`)
  try {
    return await work(databaseAt(server, copy))
  } finally {
    await queryOnce(server, `drop database if exists ${copy} with (force)`)
  }
}

/**
 * Returns the name of the database that holds the seeded retailer. It is the one that an earlier run made, if that is
 * the same in every respect.
 */
async function ensureSeeded(server: string, retailer: Options): Promise<string> {
  const name = `clientele_bench_${retailer.customers}`
  const mark = createHash('sha256')
    .update(`${JSON.stringify(retailer)}${sources()}`)
    .digest('hex')
  const [found] = await queryOnce(server, MARK, [name])
  if (found?.mark === mark) return name
  console.log(`Seeding ${retailer.customers.toLocaleString('en-US')} customers, once.`)
  await queryOnce(server, `drop database if exists ${name} with (force)`)
  await queryOnce(server, `create database ${name} encoding 'UTF8' template template0`)
  const url = databaseAt(server, name)
  await seed(url, retailer, new Progress(process.stderr))
  await bringUpToDate(url)
  // The mark comes last, so that a database whose seeding was interrupted is never used.
  await queryOnce(server, `comment on database ${name} is '${mark}'`)
  return name
}

const MARK = `select shobj_description(oid, 'pg_database') as mark from pg_database where datname = $1`

/** The sources that determine the rows: the migrations and the seed. */
function sources(): string {
  const folders = ['../migrations', '../src/seed'].map((folder) => new URL(`${folder}/`, import.meta.url))
  return folders
    .flatMap((folder) =>
      readdirSync(folder)
        .toSorted()
        .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    )
    .join('\n')
}

/**
 * Brings the database into its state of the next morning: the figures are current, and autovacuum has visited every
 * table.
 */
async function bringUpToDate(url: string): Promise<void> {
  if (await isBehind(url)) {
    const server = await startServer(url)
    await settle(url, 3600).finally(server.stop)
  }
  await queryOnce(url, 'vacuum analyze')
}

function databaseAt(server: string, database: string): string {
  const url = new URL(server)
  url.pathname = `/${database}`
  return url.href
}

export async function queryOnce(url: string, text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text, values)).rows
  } finally {
    await client.end()
  }
}
