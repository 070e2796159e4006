import { hash } from 'argon2'
import type { RouteOptions } from 'fastify'
import { sql } from 'kysely'
import type { Test } from 'tap'
import { buildApp } from '../src/app.ts'
import type { Config } from '../src/config.ts'
import type { Deadlines, Em } from '../src/db/orm.ts'
import { row, rows } from '../src/db/rows.ts'
import { createOrm } from '../src/entities.ts'
import { ROLES, type Role } from '../src/staff/staff-member.ts'
import { createDatabase } from './database.ts'
import { settleBeforePages } from './settle.ts'

export const PASSWORD = 'clientele-demo'

/** 9 a.m. in New York, in the time zone of the tests' retailer. */
export const NOW = new Date('2026-03-02T14:00:00Z')

/** Waits are generous, because how long a busy machine takes is not what a test is about. */
const PATIENCE: Deadlines = { statement: 300_000, lock: 60_000 }

interface Options {
  /** False leaves the database as the migrations made it, without a retailer and staff. */
  retailer?: boolean
  clock?: () => Date
  config?: Partial<Pick<Config, 'PUBLIC_URL' | 'TRUST_PROXY' | 'HOST'>>
  /** The number is large because tests are refused far more often than people are. */
  mostRefusals?: number
  /** False leaves the figures of groups out of date. */
  settles?: boolean
  /** True waits for locks and statements no longer than a server does. */
  isImpatient?: boolean
  /** Told of each route before it is made. */
  onRoute?: (route: RouteOptions) => void
}

/** Starts the application on a database of its own, which is dropped when the test ends. */
export async function testApp(
  t: Test,
  {
    retailer = true,
    clock = () => NOW,
    config = {},
    settles = true,
    mostRefusals = 1_000_000,
    isImpatient = false,
    onRoute = () => {}
  }: Options = {}
) {
  const database = await createDatabase()
  const orm = createOrm(database.url, undefined, isImpatient ? undefined : PATIENCE)
  const routes: RouteOptions[] = []
  const app = await buildApp({
    orm,
    clock,
    mostRefusals,
    onRoute(route) {
      onRoute(route)
      routes.push(route)
    },
    config: { PUBLIC_URL: undefined, TRUST_PROXY: false, LOG_LEVEL: 'silent', ...config }
  })
  t.teardown(async () => {
    await app.close()
    await orm.close()
    await database.drop()
  })
  const em = orm.em.fork()
  if (settles) settleBeforePages(app, orm)
  if (retailer) await openShop(em)
  const anonymous = client(app)
  return { app, routes, orm, em, url: database.url, anonymous, as: (role: Role) => signIn(app, `${role}@demo.test`) }
}

export type Shop = Awaited<ReturnType<typeof testApp>>
type App = Awaited<ReturnType<typeof buildApp>>

async function openShop(em: Em): Promise<void> {
  // These are the cheapest parameters of argon2id, because the tests sign in hundreds of times.
  const passwordHash = await hash(PASSWORD, { memoryCost: 1024, timeCost: 2, parallelism: 1 })
  await rows(
    em,
    sql`
    insert into retailer (name, country, time_zone, currency, locale)
    values ('Corner Shop', 'US', 'America/New_York', 'USD', 'en-US')
  `
  )
  for (const role of ROLES) {
    await rows(
      em,
      sql`
      insert into staff_member (name, email, role, password_hash)
      values (${`${role} person`}, ${`${role}@demo.test`}, ${role}, ${passwordHash})
    `
    )
  }
}

export type Form = Record<string, string | number | string[] | number[]>

/** A browser without a screen. It keeps cookies, and sends Origin with each request that changes something. */
export function client(app: App, origin = 'http://localhost') {
  const cookies = new Map<string, string>()

  async function send(method: 'GET' | 'POST', url: string, headers: Record<string, string>, payload?: string | Buffer) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await app.inject({
      method,
      url,
      payload,
      headers: { host: new URL(origin).host, cookie, ...headers }
    })
    for (const { name, value } of response.cookies) {
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    return response
  }

  return {
    cookies,
    get: (url: string, headers: Record<string, string> = {}) => send('GET', url, headers),
    /** Requests a part of a page as htmx does. */
    part: (url: string) => send('GET', url, { 'hx-request': 'true', 'hx-request-type': 'partial' }),
    post: (url: string, form: Form = {}, headers: Record<string, string> = {}) =>
      send('POST', url, { origin, 'content-type': 'application/x-www-form-urlencoded', ...headers }, encode(form)),
    /** Sends a body that is not a form, such as a file. */
    send: (url: string, payload: Buffer, headers: Record<string, string>) =>
      send('POST', url, { origin, ...headers }, payload)
  }
}

export type Client = ReturnType<typeof client>

function encode(form: Form): string {
  const fields = new URLSearchParams()
  for (const [name, value] of Object.entries(form)) {
    for (const one of [value].flat()) fields.append(name, String(one))
  }
  return fields.toString()
}

export async function signIn(app: App, email: string): Promise<Client> {
  const browser = client(app)
  const response = await browser.post('/sign-in', { email, password: PASSWORD })
  if (response.statusCode !== 303)
    throw new Error(`${email} could not sign in: ${response.statusCode} ${response.body}`)
  return browser
}

/** The text that a person sees of some HTML. */
export function words(html: string): string {
  return html
    .replace(/<(script|style)[\s\S]*?<\/\1>/g, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')
}

export async function count(em: Em, query: ReturnType<typeof sql<{ n: number }>>): Promise<number> {
  return (await row(em, query))?.n ?? 0
}
