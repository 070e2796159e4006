import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import { rows } from '../../src/db/rows.ts'
import { createOrm } from '../../src/entities.ts'
import { insertImport } from '../../src/imports/keep-import.ts'
import { onServer } from '../database.ts'
import { breakableNetwork } from '../faults/proxy.ts'
import { client, count, type Form, NOW, PASSWORD, signIn, testApp, words } from '../helper.ts'
import { multipart } from '../imports/upload.ts'
import { fieldValue, linkNamed } from '../page.ts'

const shop = await testApp(t)
const { em } = shop
const network = await breakableNetwork(t, shop.url)
const orm = createOrm(network.url)
const config = { PUBLIC_URL: undefined, TRUST_PROXY: false, LOG_LEVEL: 'silent' } as const
const app = await buildApp({ orm, config, clock: () => NOW })
t.teardown(async () => {
  await app.close()
  await orm.close()
})
const browser = await signIn(app, 'manager@demo.test')
const PART = { 'hx-request': 'true', 'hx-request-type': 'partial' }

async function withoutDatabase<Result>(work: () => Promise<Result>): Promise<Result> {
  network.fail()
  try {
    return await work()
  } finally {
    network.mend()
  }
}

/** What the page sends that asks for the form again. */
function fieldsOf(html: string): Form {
  const names = [...html.matchAll(/<input type="hidden" name="([^"]*)"/g)].map(([, name = '']) => name)
  return Object.fromEntries(names.map((name) => [name, fieldValue(html, name) ?? '']))
}

const actionIn = (html: string) => /<form class="form" method="post" action="([^"]*)"/.exec(html)?.[1] ?? ''

const NEW_GROUP = { name: 'Gold "x" <b>&amp;', description: 'One\r\nTwo', kind: 'list', key: randomUUID() }
const groups = (name: string) => count(em, sql`select count(*)::int as n from customer_group where name = ${name}`)

t.test('a page that the database can’t be reached for asks for itself again, also without JavaScript', async (t) => {
  for (const [who, url] of [
    [browser, '/groups?q=x'],
    [browser, '/customers/1'],
    [client(app), '/sign-in']
  ] as const) {
    const page = await withoutDatabase(() => who.get(url))
    t.match(page, { statusCode: 503, headers: { 'retry-after': '5', 'cache-control': 'no-store' } })
    t.match(page.body, /<head>[\s\S]*<meta http-equiv="refresh" content="5">[\s\S]*<\/head>/)
    t.notMatch(page.body, '<noscript>')
    t.match(words(page.body), 'The database can’t be reached. This page tries again by itself.')
    t.equal((await who.get(url)).statusCode, 200)
  }
})

t.test('a part of a page says so in a message, and leaves the page as it is', async (t) => {
  const part = await withoutDatabase(() => browser.part('/groups?q=x'))
  const headers = { 'retry-after': '5', 'hx-retarget': '#flash', 'hx-reswap': 'innerHTML' }
  t.match(part, { statusCode: 503, headers })
  t.match(part.body, /^<div class="toast error"/)
  t.match(words(part.body), 'The database can’t be reached. Try again in a moment.')
  const sent = await withoutDatabase(() => browser.post('/groups', NEW_GROUP, PART))
  t.match(sent, { statusCode: 503, headers })
  t.match(words(sent.body), 'Nothing you typed is lost')
  t.notMatch(sent.body, 'refresh')
})

t.test('a form is given back with all that was typed, to be sent again; and then does its thing once', async (t) => {
  const referer = 'http://localhost/groups/new?list=1'
  const given = await withoutDatabase(() => browser.post('/groups', NEW_GROUP, { referer }))
  t.match(given, { statusCode: 503, headers: { 'retry-after': '5' } })
  t.notMatch(given.body, 'http-equiv="refresh"', 'by a button only')
  t.match(words(given.body), 'The database can’t be reached. Nothing you typed is lost: send it again in a moment.')
  t.match(words(given.body), 'Send again')
  t.notMatch(given.body, '<b>', 'what was typed is text')
  t.equal(linkNamed(given.body, 'Discard'), '/groups/new?list=1')
  t.equal(await groups(NEW_GROUP.name), 0)
  const again = await withoutDatabase(() => browser.post(actionIn(given.body), fieldsOf(given.body)))
  t.equal(again.statusCode, 503, 'and once more')
  t.equal(linkNamed(again.body, 'Discard'), '/groups/new?list=1', 'which still leads to where it was typed')
  const saved = await browser.post(actionIn(again.body), fieldsOf(again.body))
  t.equal(saved.statusCode, 303)
  t.equal(await groups(NEW_GROUP.name), 1)
  t.equal((await browser.post(actionIn(again.body), fieldsOf(again.body))).headers.location, saved.headers.location)
})

t.test(
  'a connection that is lost in the middle of a change gives the form back, and nothing is half done',
  async (t) => {
    const name = 'Cut off'
    await rows(
      em,
      sql`create function lost() returns trigger language plpgsql as $$
    begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$`
    )
    await rows(em, sql`create trigger lost after insert on customer_group for each row execute function lost()`)
    const given = await browser.post('/groups', { ...NEW_GROUP, name, key: randomUUID() })
    t.equal(given.statusCode, 503)
    t.equal(await groups(name), 0)
    await rows(em, sql`drop trigger lost on customer_group`)
    t.equal((await browser.post(actionIn(given.body), fieldsOf(given.body))).statusCode, 303)
    t.equal(await groups(name), 1)
  }
)

t.test('passwords are never given back', async (t) => {
  const anyone = client(app)
  const given = await withoutDatabase(() => anyone.post('/sign-in', { email: 'staff@demo.test', password: PASSWORD }))
  t.equal(given.statusCode, 503)
  t.notMatch(given.body, PASSWORD)
  t.same(fieldsOf(given.body), { email: 'staff@demo.test' })
  t.match(given.body, /<input type="password" id="password" name="password"/)
  const entered = await anyone.post(actionIn(given.body), { ...fieldsOf(given.body), password: PASSWORD })
  t.equal(entered.statusCode, 303)

  const secret = 'violet kettle rides north'
  const change = await withoutDatabase(() => browser.post('/profile/password', { current: PASSWORD, password: secret }))
  t.equal(change.statusCode, 503)
  t.notMatch(change.body, secret)
  t.notMatch(change.body, PASSWORD)
  t.match(words(change.body), /Current password .*New password .*Send again/)
})

t.test('an upload is refused in a sentence', async (t) => {
  const { payload, headers } = multipart(
    { key: randomUUID() },
    { name: 'people.csv', bytes: 'First Name,Email\r\nAnn,a@b.test\r\n' }
  )
  const send = (more = {}) => browser.send('/groups/1/import', payload, { ...headers, ...more })
  const page = await withoutDatabase(() => send())
  t.match(page, { statusCode: 503, headers: { 'retry-after': '5' } })
  t.match(words(page.body), 'The database can’t be reached. Nothing was saved. Go back and send it again in a moment.')
  const part = await withoutDatabase(() => send(PART))
  t.match(part, { statusCode: 503, headers: { 'hx-retarget': '#flash' } })
  t.equal((await send()).statusCode, 303)
})

t.test('an upload that broke off with the database can be sent again by the same form', async (t) => {
  const key = randomUUID()
  const group = { id: 1, name: 'Default', isList: false }
  // What is left of one whose server could not take it away any more.
  const broken = await insertImport(em, { key, group, fileName: 'people.csv', updates: false }, { id: 2, now: NOW })
  const bytes = 'First Name,Email\r\nBea,bea@b.test\r\n'
  const { payload, headers } = multipart({ key }, { name: 'people.csv', bytes })
  const sent = await browser.send('/groups/1/import', payload, headers)
  t.equal(sent.statusCode, 303)
  t.not(sent.headers.location, `/imports/${broken}`)
  t.equal(await count(em, sql`select count(*)::int as n from file_import where key = ${key} and state = 'reading'`), 1)
  const again = await browser.send('/groups/1/import', payload, headers)
  t.equal(again.headers.location, sent.headers.location, 'one that came up whole is the answer to a repeat')
})

t.test('another site’s form is refused as ever, and never given back', async (t) => {
  const answer = await withoutDatabase(() => browser.post('/groups', NEW_GROUP, { origin: 'https://evil.example' }))
  t.equal(answer.statusCode, 403)
  t.notMatch(answer.body, 'Send again')
  const unknown = await withoutDatabase(() => browser.post('/no-such-page', { a: '1' }))
  t.notMatch(unknown.body, 'Send again')
})

async function failing(t: Test, code: string, table = 'customer_group') {
  await rows(
    em,
    sql`create or replace function fails() returns trigger language plpgsql as ${sql.raw(`
    $$ begin raise exception 'no' using errcode = '${code}'; end $$`)}`
  )
  await rows(
    em,
    sql`create or replace trigger fails before insert on ${sql.table(table)} for each row execute function fails()`
  )
  t.teardown(() => rows(em, sql`drop trigger if exists fails on ${sql.table(table)}`))
}

t.test('what the database can’t do now is a sentence, not a mistake of ours', async (t) => {
  for (const [code, sentence] of [
    [
      '53100',
      /The database’s disk is full\. Whoever looks after the server needs to make room\. Nothing you typed is lost/
    ],
    ['53200', /The database has too much to do right now/],
    ['57014', /The database took too long, so this was stopped/],
    ['25P03', /The database took too long, so this was stopped/],
    ['57P03', /The database can’t be reached/]
  ] as const) {
    await failing(t, code)
    const given = await browser.post('/groups', { ...NEW_GROUP, name: code, key: randomUUID() })
    t.equal(given.statusCode, 503, code)
    t.ok(Number(given.headers['retry-after']) >= 5)
    t.match(words(given.body), sentence)
  }
})

t.test('a picker is given back with its ticks as they were sent', async (t) => {
  const { location } = (await browser.post('/groups', { ...NEW_GROUP, name: 'Picked', key: randomUUID() })).headers
  await failing(t, '53100', 'selection')
  const sent = { selection: randomUUID(), shown: '1 2 3', were: '1 2', touched: '1', ids: ['2', '3'], do: 'page' }
  const given = await browser.post(`${location}/add`, sent)
  t.equal(given.statusCode, 503)
  for (const [name, value] of Object.entries(sent)) {
    const found = [...given.body.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)]
    t.same(
      found.filter(([, one]) => one === name).map(([, , one]) => one),
      [value].flat(),
      name
    )
  }
})

t.test('nor is a database that can only be read', async (t) => {
  const name = new URL(shop.url).pathname.slice(1)
  const set = async (value: string) => {
    await onServer((server) => server.query(`alter database ${name} set default_transaction_read_only = ${value}`))
    network.cut()
    await sleep(100)
  }
  await rows(em, sql`update session set seen_at = seen_at - interval '10 minutes'`)
  await set('on')
  t.equal((await browser.get('/groups')).statusCode, 200, 'what is read can be read')
  const given = await browser.post('/groups', { ...NEW_GROUP, name: 'Standby', key: randomUUID() })
  t.equal(given.statusCode, 503)
  t.match(words(given.body), 'Nothing can be saved right now: the database can only be read. Nothing you typed is lost')
  const signing = await client(app).post('/sign-in', { email: 'staff@demo.test', password: PASSWORD })
  t.equal(signing.statusCode, 503)
  await set('off')
  t.equal((await browser.post(actionIn(given.body), fieldsOf(given.body))).statusCode, 303)
})
