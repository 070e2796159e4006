import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { type Client, client, type Form, PASSWORD, testApp, words } from '../helper.ts'
import { fieldValue, linkNamed } from '../page.ts'
import { addCustomer, addGroup, addList, groupsOf } from '../shop.ts'

const shop = await testApp(t)
const { em } = shop
const EMAIL = 'manager@demo.test'
const FORM = {
  firstName: 'Mia',
  lastName: 'O’Neill "x" <b>&amp;',
  phone: '',
  email: 'mia@example.com',
  location: 'Rome'
}

const endSessions = () => rows(em, sql`delete from session`)
const signIn = (browser: Client, form: Form) => browser.post('/sign-in', { email: EMAIL, password: PASSWORD, ...form })
const keptIn = (html: string) => fieldValue(html, 'kept') ?? ''

/** What the page sends that one continues with. */
function fieldsOf(html: string): Form {
  const fields: Record<string, string[]> = {}
  const inputs = html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)
  for (const [, name = '', value = ''] of inputs) {
    const plain = value
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
    fields[name] = [...(fields[name] ?? []), plain.replaceAll('&amp;', '&')]
  }
  return fields
}

const actionIn = (html: string) => /<form [^>]*action="([^"]*)"/.exec(html)?.[1] ?? ''
const continued = (browser: Client, html: string) => browser.post(actionIn(html), fieldsOf(html))

t.test('a form that is sent when the session has ended goes on after a sign-in, with all that was typed', async (t) => {
  const browser = await shop.as('manager')
  const list = [await addList(em, 'One'), await addList(em, 'Two')]
  await endSessions()
  const sent = { ...FORM, primary: 1, lists: list, key: randomUUID() }
  const asked = await browser.post('/customers', sent, { referer: 'http://localhost/customers/new?x=1' })
  t.equal(asked.statusCode, 401)
  t.match(words(asked.body), 'You were signed out. Nothing you typed is lost')
  t.match(asked.headers, { 'cache-control': 'no-store', location: undefined })
  t.notMatch(asked.body, '<b>', 'what was typed is text')
  const wrong = await signIn(browser, { password: 'not this one', kept: keptIn(asked.body) })
  t.equal(wrong.statusCode, 422)
  t.equal(keptIn(wrong.body), keptIn(asked.body), 'also past a wrong password')
  const again = await signIn(browser, { kept: keptIn(wrong.body) })
  t.equal(again.statusCode, 200)
  t.match(words(again.body), 'You are signed in again Nothing you typed is lost. Continue to send it as manager person')
  t.equal(linkNamed(again.body, 'Discard'), '/customers/new?x=1')
  t.same(fieldsOf(again.body).lists, list.map(String), 'fields that repeat too')
  const saved = await continued(browser, again.body)
  t.equal(saved.statusCode, 303)
  const page = await browser.get(String(saved.headers.location))
  t.match(words(page.body), `${FORM.firstName} ${FORM.lastName}`)
  const id = Number(String(saved.headers.location).split('/').at(-1))
  t.same(await groupsOf(em, id), ['Default', 'One', 'Two'])
  t.equal((await continued(browser, again.body)).headers.location, saved.headers.location, 'a double click makes one')
})

t.test('to htmx it is the whole page, in place of everything', async (t) => {
  const group = await addGroup(em, 'Gold')
  const browser = await shop.as('manager')
  const htmx = {
    'hx-request': 'true',
    'hx-request-type': 'partial',
    'hx-current-url': `http://localhost/groups/${group}/add?q=x`
  }
  await endSessions()
  const ann = await addCustomer(em, { firstName: 'Ann' })
  const selection = randomUUID()
  const form = { selection, at: '?q=ann', shown: String(ann), ids: ann, do: 'tick' }
  const asked = await browser.post(`/groups/${group}/add`, form, htmx)
  t.equal(asked.statusCode, 401)
  t.match(asked.headers, { 'hx-retarget': 'body', 'hx-reswap': 'innerHTML' })
  t.match(asked.body, /^<!doctype html>/)
  const again = await signIn(browser, { kept: keptIn(asked.body) })
  const shown = await continued(browser, again.body)
  t.equal(shown.headers.location, `/groups/${group}/add?q=ann&selection=${selection}`, 'where the tick was')
  t.match(words((await browser.get(String(shown.headers.location))).body), '1 selected')
})

t.test('whoever may not do it can’t continue either; and nothing is done before', async (t) => {
  const group = await addGroup(em, 'Silver')
  const browser = await shop.as('manager')
  await endSessions()
  const asked = await browser.post(`/groups/${group}/deletion`, { x: '1' })
  const again = await signIn(browser, { email: 'staff@demo.test', kept: keptIn(asked.body) })
  t.match(words(again.body), 'as staff person')
  t.equal((await continued(browser, again.body)).statusCode, 403)
  t.equal((await browser.get(`/groups/${group}`)).statusCode, 200)
})

t.test('passwords are never kept, nor what is too much; the way back is', async (t) => {
  const browser = await shop.as('manager')
  await endSessions()
  const referer = 'http://localhost/profile'
  const secret = 'violet kettle rides north'
  for (const [url, form] of [
    ['/profile/password', { current: PASSWORD, password: secret }],
    ['/groups', { name: 'x'.repeat(60_000) }]
  ] as [string, Form][]) {
    const asked = await browser.post(url, form, { referer })
    t.equal(asked.statusCode, 401)
    t.equal(fieldValue(asked.body, 'kept'), undefined)
    t.equal(fieldValue(asked.body, 'next'), '/profile')
    t.match(words(asked.body), 'You were signed out, so nothing was saved. Sign in and try again.')
    t.notMatch(asked.body, secret)
    t.ok(asked.body.length < 10_000)
  }
  t.equal((await signIn(browser, { next: '/profile' })).headers.location, '/profile')
})

t.test('what is kept fits into the sign-in that carries it, in any script', async (t) => {
  const long = '店'.repeat(5_000)
  const asked = await shop.anonymous.post('/groups', { name: long })
  const again = await signIn(client(shop.app), { kept: keptIn(asked.body) })
  t.equal(again.statusCode, 200)
  t.same(fieldsOf(again.body), { name: [long] })
  const longer = await shop.anonymous.post('/groups', { name: '店'.repeat(6_000) })
  t.match(words(longer.body), 'so nothing was saved')
})

t.test('another site’s form is refused as ever, and never kept', async (t) => {
  for (const headers of [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' }
  ] as Record<string, string>[]) {
    const answer = await shop.anonymous.post('/groups', { name: 'X' }, headers)
    t.equal(answer.statusCode, 403)
    t.notMatch(answer.body, 'name="kept"')
  }
  const foreign = await shop.anonymous.post('/groups', { name: 'X' }, { referer: 'https://evil.example/x' })
  t.notMatch(foreign.body, 'evil.example')
})

t.test('nothing else than a form of ours is gone on with', async (t) => {
  const odd = [
    'x',
    '{}',
    '[]',
    'null',
    '{"action":"https://evil.example","back":null,"fields":[]}',
    '{"action":"//evil.example","back":null,"fields":[]}',
    '{"action":"javascript:alert(1)","back":null,"fields":[]}',
    '{"action":"/groups","fields":[["a"]],"back":null}',
    '{"action":"/groups","fields":[["a",{"b":1}]],"back":null}',
    `{"action":"/groups","fields":[["a","${'x'.repeat(50_000)}"]],"back":null}`
  ]
  for (const kept of odd) {
    const answer = await signIn(shop.anonymous, { kept })
    t.match(answer, { statusCode: 303, headers: { location: '/groups' } }, kept.slice(0, 60))
  }
  const script = JSON.stringify({
    action: '/groups',
    back: '//evil.example',
    fields: [['"><script>alert(1)</script>', '"><script>alert(1)</script>']]
  })
  const page = await signIn(shop.anonymous, { kept: script })
  t.equal(page.statusCode, 200)
  t.notMatch(page.body, '<script>alert')
  t.equal(linkNamed(page.body, 'Discard'), '/', 'where they begin')
})

t.test('what is no form is asked to sign in, and comes back to where it was', async (t) => {
  const send = (url: string, headers: Record<string, string>) =>
    shop.app.inject({
      method: 'POST',
      url,
      payload: '--x--',
      headers: { host: 'localhost', origin: 'http://localhost', ...headers }
    })
  const upload = { 'content-type': 'multipart/form-data; boundary=x', referer: 'http://localhost/groups/3/import' }
  t.match(await send('/groups/3/import', upload), {
    statusCode: 303,
    headers: { location: '/sign-in?next=%2Fgroups%2F3%2Fimport' }
  })
  const unknown = await client(shop.app).post('/no-such-page', { a: '1' })
  t.equal(unknown.statusCode, 303)
  const huge = await client(shop.app).post('/groups', { a: 'x'.repeat(1_100_000) })
  t.equal(huge.statusCode, 413)
})
