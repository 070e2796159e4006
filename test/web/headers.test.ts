import t from 'tap'
import { client, PASSWORD, testApp } from '../helper.ts'

const FORM = { email: 'admin@demo.test', password: PASSWORD }

t.test('every answer carries a strict policy: pages, errors and files', async (t) => {
  const { anonymous, as } = await testApp(t)
  const admin = await as('admin')
  const page = await anonymous.get('/sign-in')
  const file = /href="(\/assets\/app[^"]+css)"/.exec(page.body)?.[1] ?? ''
  for (const response of [page, await admin.get('/staff'), await admin.get('/nothing'), await anonymous.get(file)]) {
    const policy = String(response.headers['content-security-policy'])
    t.match(policy, "default-src 'self'")
    for (const none of ['object', 'media', 'worker', 'child', 'frame']) t.match(policy, `${none}-src 'none'`)
    for (const own of ['script', 'style', 'img', 'connect', 'font', 'manifest']) t.match(policy, `${own}-src 'self'`)
    t.match(policy, "frame-ancestors 'none'")
    t.notMatch(policy, /unsafe-|\*|https?:|upgrade-insecure/)
    t.equal(response.headers['x-content-type-options'], 'nosniff')
    t.equal(response.headers['x-frame-options'], 'SAMEORIGIN')
    t.equal(response.headers['referrer-policy'], 'same-origin')
    t.notOk(response.headers['x-powered-by'])
    t.notOk(response.headers['strict-transport-security'], 'not over plain http')
  }
})

t.test('no page has an inline script, style or handler for the policy to stop', async (t) => {
  const { anonymous, as } = await testApp(t)
  const admin = await as('admin')
  const pages = [await anonymous.get('/sign-in')]
  for (const url of ['/staff', '/staff/new', '/staff/1/edit', '/profile', '/groups', '/nothing'])
    pages.push(await admin.get(url))
  for (const { body } of pages) {
    t.notMatch(body, /<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:/i)
    t.notMatch(body, /(?:src|href)="https?:/, 'nothing leaves the machine')
  }
})

t.test('pages are not kept by any cache', async (t) => {
  const { anonymous, as } = await testApp(t)
  const staff = await as('staff')
  for (const response of [await anonymous.get('/sign-in'), await staff.get('/profile'), await staff.get('/staff')]) {
    t.equal(response.headers['cache-control'], 'no-store')
  }
})

t.test('over plain http the session is a plain cookie', async (t) => {
  const { anonymous } = await testApp(t)
  const cookies = (await anonymous.post('/sign-in', FORM)).cookies
  const session = cookies.find(({ name }) => name === 'session')
  t.match(session, { path: '/', httpOnly: true, sameSite: 'Lax', maxAge: 7 * 24 * 60 * 60 })
  t.notOk(session?.secure)
  t.notOk(session?.domain)
})

t.test('behind https only our own host can set it, and browsers are told to stay with https', async (t) => {
  const { app } = await testApp(t, { config: { PUBLIC_URL: 'https://clientele.example', TRUST_PROXY: true } })
  const browser = client(app, 'https://clientele.example')
  const response = await browser.post('/sign-in', FORM)
  t.match(response.headers['strict-transport-security'], /max-age=31536000/)
  t.match(response.headers['content-security-policy'], 'upgrade-insecure-requests')
  const session = response.cookies.find(({ name }) => name === '__Host-session')
  t.match(session, { path: '/', httpOnly: true, sameSite: 'Lax', secure: true })
  t.notOk(session?.domain)
  t.ok(
    response.cookies.every(({ secure }) => secure),
    'no cookie goes without it'
  )
  t.equal((await browser.get('/groups')).statusCode, 200)
  browser.cookies.set('session', browser.cookies.get('__Host-session') ?? '')
  browser.cookies.delete('__Host-session')
  t.equal((await browser.get('/groups')).statusCode, 303, 'a cookie without the prefix is nothing')
})

t.test('behind https each cookie has the prefix that it can have, and does its work', async (t) => {
  const { app } = await testApp(t, { config: { PUBLIC_URL: 'https://clientele.example' } })
  const browser = client(app, 'https://clientele.example')
  const first = await browser.post('/sign-in', FORM)
  t.same(first.cookies.map(({ name }) => name).sort(), ['__Host-session', '__Secure-known-3'])
  const out = await browser.post('/sign-out')
  const flash = out.cookies.find(({ name }) => name === '__Host-flash')
  t.match(flash, { path: '/', httpOnly: true, sameSite: 'Lax', secure: true })
  t.notOk(flash?.domain)
  const page = await browser.get('/sign-in')
  t.match(page.body, 'You are signed out.')
  t.match(
    page.cookies.find(({ name }) => name === '__Host-flash'),
    { value: '', secure: true, path: '/' },
    'once'
  )
})

t.test('a browser that was known before is known with the name its mark had then', async (t) => {
  const { app } = await testApp(t, { config: { PUBLIC_URL: 'https://clientele.example' } })
  const browser = client(app, 'https://clientele.example')
  await browser.post('/sign-in', FORM)
  const mark = browser.cookies.get('__Secure-known-3') ?? ''
  browser.cookies.clear()
  browser.cookies.set('known-3', mark)
  const stranger = client(app, 'https://clientele.example')
  for (let n = 0; n < 6; n++) await stranger.post('/sign-in', { ...FORM, password: 'not this one' })
  t.equal((await stranger.post('/sign-in', FORM)).statusCode, 429)
  t.equal((await browser.post('/sign-in', FORM)).statusCode, 303)
})
