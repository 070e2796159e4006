import type { AddressInfo } from 'node:net'
import { hash } from 'argon2'
import { type RawBuilder, sql } from 'kysely'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import type { Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import { rows } from '../../src/db/rows.ts'
import { loadDemo } from '../../src/demo/load.ts'
import { DEMO_PASSWORD } from '../../src/demo/shop.ts'
import { createOrm } from '../../src/entities.ts'
import type { Role } from '../../src/staff/staff-member.ts'
import { createDatabase, DEMO_TEMPLATE, onServer, TEMPLATE } from '../database.ts'
import { settleBeforePages } from '../settle.ts'
import type { Hands } from './main-job.ts'
import { startOf, type Version } from './unpack.ts'

/** 9 a.m. in New York, where the demo's retailer is. */
export const NOW = new Date('2026-03-02T14:00:00Z')

export const DESKTOP = { viewport: { width: 1280, height: 800 } }
export const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }

/** Nothing on one machine takes longer; what does is a failure, and soon. */
const PATIENCE_MS = 15_000

interface ShopOptions {
  version?: Version
  /** False leaves the database as the migrations made it. */
  demo?: boolean
  /** By way of what the database is reached. */
  by?: (url: string) => Promise<string>
}

/** A browser, and the demo's retailer on a database of its own, listening. All of it is gone when the test ends. */
export async function openShop(t: Test, { version = 'floor', demo = true, by = async (url) => url }: ShopOptions = {}) {
  const [browser, database] = await Promise.all([
    launch(version),
    createDatabase(demo ? await demoTemplate() : TEMPLATE)
  ])
  const orm = createOrm(await by(database.url))
  const config = { PUBLIC_URL: undefined, TRUST_PROXY: false as const, LOG_LEVEL: 'silent' as const }
  const app = await buildApp({ orm, clock: () => NOW, config })
  settleBeforePages(app, orm)
  await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(async () => {
    await browser.close()
    await app.close()
    await orm.close()
    await database.drop()
  })
  const { port } = app.server.address() as AddressInfo
  const origin = `http://127.0.0.1:${port}`
  const em = orm.em.fork()

  /** A new window in a browser that knows nobody yet. What goes wrong in it fails the test. */
  async function visit(test: Test, { allow = [], ...options }: VisitOptions = {}): Promise<Page> {
    const context = await browser.newContext({ ...DESKTOP, baseURL: origin, locale: 'en-US', ...options })
    context.setDefaultTimeout(PATIENCE_MS)
    test.teardown(() => context.close())
    context.on('page', (page) => watch(test, page, origin, allow))
    return context.newPage()
  }

  return {
    app,
    em,
    orm,
    origin,
    browser,
    visit,
    ask: <Row>(query: RawBuilder<Row>) => rows(em, query),
    /** A window in which somebody of that role has signed in. */
    async as(test: Test, role: Role, options: VisitOptions = {}): Promise<Page> {
      const page = await visit(test, options)
      await enter(page, role, origin)
      return page
    }
  }
}

export type BrowserShop = Awaited<ReturnType<typeof openShop>>

export interface VisitOptions extends BrowserContextOptions {
  /** Refusals (HTTP statuses) that the test is about. */
  allow?: number[]
}

async function launch(version: Version): Promise<Browser> {
  const start = startOf(version)
  try {
    return await chromium.launch({ ...start, args: ['--no-sandbox'] })
  } catch (error) {
    throw new Error(`The ${version} Chromium at ${start.executablePath} does not start.`, { cause: error })
  }
}

/** At the sign-in page, as a person does. */
export async function signIn(page: Page, role: Role, { press, write }: Hands, next = '/groups'): Promise<void> {
  await write(page.getByLabel('E-mail'), `${role}@demo.test`)
  await write(page.getByLabel('Password'), DEMO_PASSWORD)
  await press(page.getByRole('button', { name: 'Sign in' }))
  await page.waitForURL(`**${next}`)
}

/** The same without a page, for tests about something else. */
async function enter(page: Page, role: Role, origin: string): Promise<void> {
  const form = { email: `${role}@demo.test`, password: DEMO_PASSWORD }
  const response = await page.request.post('/sign-in', { form, headers: { origin }, maxRedirects: 0 })
  if (response.status() !== 303) throw new Error(`${role} could not sign in: ${response.status()}`)
}

function watch(t: Test, page: Page, origin: string, allow: number[]): void {
  let dropped = 0
  page.on('console', (message) => {
    if (!['error', 'warning'].includes(message.type())) return
    // The requests that a page drops when it is left are no failures to htmx alone.
    if (/^htmx: htmx:error: Failed to fetch/.test(message.text()) && dropped > 0) return
    const status = Number(/the server responded with a status of (\d+)/.exec(message.text())?.[1])
    if (!allow.includes(status)) t.fail(`the console of ${page.url()} says: ${message.text()}`)
  })
  page.on('pageerror', (error) => t.fail(`a script failed on ${page.url()}: ${error.message}`))
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`)) t.fail(`${page.url()} asks another machine: ${request.url()}`)
  })
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? ''
    // A page that is left, or a search that is overtaken by the next letter, drops what it was asking for.
    if (reason === 'net::ERR_ABORTED') dropped++
    else t.fail(`${request.url()} failed: ${reason}`)
  })
  page.on('response', (response) => {
    const status = response.status()
    if (status >= 400 && !allow.includes(status)) t.fail(`${response.url()} was answered with ${status}`)
  })
}

/** The real cost of a password is for guessers; the tests sign in all the time. */
const CHEAP = { memoryCost: 1024, timeCost: 2, parallelism: 1 }

/** Any number: the lock under which one process loads the demo and the others wait for it. */
const DEMO_LOCK = 20_260_302

/** The migrated database with the demo's retailer in it, loaded once for all tests. */
async function demoTemplate(): Promise<string> {
  return onServer(async (client) => {
    await client.query('select pg_advisory_lock($1)', [DEMO_LOCK])
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DEMO_TEMPLATE])
    if (rowCount) return DEMO_TEMPLATE
    const loading = await createDatabase(TEMPLATE)
    const orm = createOrm(loading.url)
    const em = orm.em.fork()
    await loadDemo(em, { now: NOW })
    await rows(em, sql`update staff_member set password_hash = ${await hash(DEMO_PASSWORD, CHEAP)}`)
    await orm.close()
    await client.query(`alter database ${new URL(loading.url).pathname.slice(1)} rename to ${DEMO_TEMPLATE}`)
    return DEMO_TEMPLATE
  })
}
