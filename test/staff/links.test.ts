import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { sql } from 'kysely'
import t from 'tap'
import { row, rows } from '../../src/db/rows.ts'
import { findLinkOwner, findSetUp, makeLink, makeSetUp, useLink, useSetUp } from '../../src/staff/links.ts'
import { client, count, NOW, type Shop, testApp, words } from '../helper.ts'
import { CHOSEN } from './helper.ts'

const run = promisify(execFile)

const HOUR = 60 * 60 * 1000
const later = (hours: number) => new Date(NOW.getTime() + hours * HOUR)

async function makeFor({ em }: Shop, passwordHash: string | null = 'x') {
  const person = await row(em, sql<{ id: number }>`select id from staff_member where email = 'staff@demo.test'`)
  const id = person?.id ?? 0
  return { id, ...(await makeLink(em, { id, passwordHash }, NOW)) }
}

t.test('a link works for its time: an invitation seven days, a reset one', async (t) => {
  const shop = await testApp(t)
  for (const [hash, hours] of [
    ['x', 24],
    [null, 7 * 24]
  ] as const) {
    const { id, token, expiresAt } = await makeFor(shop, hash)
    t.same(expiresAt, later(hours))
    t.equal((await findLinkOwner(shop.em, token, later(hours - 0.01)))?.id, id)
    t.equal(await findLinkOwner(shop.em, token, later(hours)), null)
    t.equal(await useLink(shop.em, token, later(hours)), false)
  }
})

t.test('a new link replaces the one before, and its token is kept only as a hash', async (t) => {
  const shop = await testApp(t)
  const one = await makeFor(shop)
  const two = await makeFor(shop)
  t.equal(await findLinkOwner(shop.em, one.token, NOW), null)
  t.equal((await findLinkOwner(shop.em, two.token, NOW))?.id, two.id)
  t.match(two.token, /^[\w-]{43}$/)
  const kept = JSON.stringify(
    await rows(shop.em, sql`select encode(token_hash, 'escape') as hash, purpose from one_time_link`)
  )
  t.notMatch(kept, two.token)
})

t.test('a link works once, also for many at once', async (t) => {
  const shop = await testApp(t)
  const { token } = await makeFor(shop)
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, n) => client(shop.app).post(`/link/${token}`, { password: `${CHOSEN} ${n}` }))
  )
  t.same(answers.map(({ statusCode }) => statusCode).sort(), [303, 404, 404, 404, 404, 404, 404, 404])
  t.equal(await count(shop.em, sql`select count(*)::int as n from session`), 1)
  const gone = await shop.anonymous.get(`/link/${token}`)
  t.equal(gone.statusCode, 404)
  t.match(words(gone.body), 'This link has expired or was already used. Ask an admin for a new one.')
})

t.test('tokens that are none are not found', async (t) => {
  const shop = await testApp(t)
  const { token } = await makeFor(shop)
  const setUp = await makeSetUp(shop.em, NOW)
  const none = ['x', '%00', '%F0%9F%98%80', 'a'.repeat(150), `${token}x`, token.slice(0, -1), "'%20or%201=1", setUp]
  for (const wrong of none) {
    t.equal((await shop.anonymous.get(`/link/${wrong}`)).statusCode, 404, wrong.slice(0, 20))
    t.equal((await shop.anonymous.post(`/link/${wrong}`, { password: CHOSEN })).statusCode, 404, wrong.slice(0, 20))
  }
  // No address of ours at all: a stranger is asked to sign in, as for every other one.
  for (const wrong of ['a'.repeat(5000), '%E0%A4%A']) {
    t.match((await shop.anonymous.get(`/link/${wrong}`)).headers.location, /^\/sign-in/)
    t.match((await shop.anonymous.post(`/link/${wrong}`, { password: CHOSEN })).headers.location, /^\/sign-in/)
  }
  t.equal((await shop.anonymous.get(`/link/${token}`)).statusCode, 200, 'looking does not use it up')
})

t.test('a password that is too weak is refused and the link stays', async (t) => {
  const shop = await testApp(t)
  const { token } = await makeFor(shop)
  const cases: [Record<string, string>, string][] = [
    [{}, 'Enter a password.'],
    [{ password: 'short' }, 'The password must have at least 12 characters.'],
    [{ password: 'x'.repeat(201) }, 'The password must have at most 200 characters.'],
    [{ password: 'staff@demo.test' }, 'This password is easy to guess.'],
    [{ password: 'password12345' }, 'This password is easy to guess.']
  ]
  for (const [form, sentence] of cases) {
    const answer = await shop.anonymous.post(`/link/${token}`, form)
    t.equal(answer.statusCode, 422, sentence)
    t.match(words(answer.body), sentence)
    t.match(answer.body, 'autocomplete="new-password"')
  }
  t.equal(
    (await shop.anonymous.post(`/link/${token}`, { password: '😀🎉🚀🌈🍕🎸🐙🦊🌵🍩🎯🧩\0<script>' })).statusCode,
    303
  )
})

t.test('who opens a link while signed in as somebody else becomes its person', async (t) => {
  const shop = await testApp(t)
  const admin = await shop.as('admin')
  const { token } = await makeFor(shop)
  t.equal((await admin.get(`/link/${token}`)).statusCode, 200)
  await admin.post(`/link/${token}`, { password: CHOSEN })
  t.match(words((await admin.get('/profile')).body), 'staff@demo.test')
})

t.test('the set-up link is one, works once and is no password link', async (t) => {
  const { em, orm } = await testApp(t)
  const old = await makeSetUp(em, NOW)
  const token = await makeSetUp(em, NOW)
  t.equal(await findSetUp(em, old, NOW), false)
  t.equal(await findSetUp(em, token, NOW), true)
  t.equal(await findSetUp(em, token, later(24)), false)
  t.equal(await findLinkOwner(em, token, NOW), null)
  t.equal(await useLink(em, token, NOW), false)
  const uses = await Promise.all([1, 2, 3].map(() => useSetUp(orm.em.fork(), token, NOW)))
  t.same(uses.sort(), [false, false, true])
})

t.test('the log has no tokens, passwords or cookies', async (t) => {
  const { url } = await testApp(t)
  const program = `
    import { buildApp } from './src/app.ts'
    import { createOrm } from './src/entities.ts'
    const orm = createOrm(process.argv[1])
    const app = await buildApp({ orm, config: { LOG_LEVEL: 'trace', TRUST_PROXY: false } })
    const headers = { origin: 'http://localhost', host: 'localhost', cookie: 'session=hush-cookie', 'content-type': 'application/x-www-form-urlencoded' }
    for (const url of ['/link/hush-link', '/link/hush-link?hush=1', '/set-up/hush-set-up', '/sign-in?next=%2Flink%2Fhush-next']) {
      await app.inject({ url, headers })
      await app.inject({ method: 'POST', url, headers, payload: 'email=a%40demo.test&password=hush-password' })
    }
    await app.close()
    await orm.close()
  `
  const cwd = new URL('../..', import.meta.url)
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program, url], { cwd })
  t.match(stdout, '"/link/…"')
  t.match(stdout, '"/set-up/…"')
  t.notMatch(stdout.replaceAll('?hush=…', ''), 'hush')
})
