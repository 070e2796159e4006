import t from 'tap'
import { client, PASSWORD, testApp, words } from '../helper.ts'

const FORM = { email: 'admin@demo.test', password: PASSWORD }

t.test('what changes something must come from our own pages', async (t) => {
  const { anonymous } = await testApp(t)
  const foreign: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { origin: 'http://localhost:8080' },
    { origin: 'https://localhost' },
    { origin: 'null' },
    { origin: '' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none' }
  ]
  for (const headers of foreign) {
    const response = await anonymous.post('/sign-in', FORM, headers)
    t.equal(response.statusCode, 403, JSON.stringify(headers))
    t.match(words(response.body), 'This request did not come from a Clientele page.')
    t.equal(response.cookies.length, 0)
  }
  t.equal((await anonymous.post('/sign-in', FORM, { 'sec-fetch-site': 'same-origin' })).statusCode, 303)
})

t.test('a request without Origin is refused, also for who is signed in, with any body and on any path', async (t) => {
  const { app, as } = await testApp(t)
  const admin = await as('admin')
  const cookie = [...admin.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  for (const contentType of [
    'application/x-www-form-urlencoded',
    'text/plain',
    'application/json',
    'multipart/form-data; boundary=x'
  ]) {
    for (const url of ['/staff', '/groups', '/sign-out', '/no-such-page']) {
      const headers = { cookie, 'content-type': contentType, host: 'localhost' }
      const response = await app.inject({ method: 'POST', url, headers, payload: '--x--' })
      t.equal(response.statusCode, 403, `${contentType} to ${url}`)
    }
  }
  t.equal((await admin.get('/staff')).statusCode, 200, 'still signed in')
})

t.test('behind a proxy the origin is the public one', async (t) => {
  const { app } = await testApp(t, { config: { PUBLIC_URL: 'https://clientele.example', TRUST_PROXY: true } })
  const inside = client(app, 'http://10.0.0.5:3000')
  t.equal((await inside.post('/sign-in', FORM)).statusCode, 403)
  t.equal((await inside.post('/sign-in', FORM, { origin: 'https://clientele.example' })).statusCode, 303)
})

t.test('without PUBLIC_URL a trusted proxy says what the origin is, an untrusted one does not', async (t) => {
  const forwarded = { origin: 'https://shop.example', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'shop.example' }
  const trusting = await testApp(t, { config: { TRUST_PROXY: true } })
  t.equal((await trusting.anonymous.post('/sign-in', FORM, forwarded)).statusCode, 303)
  const plain = await testApp(t)
  t.equal((await plain.anonymous.post('/sign-in', FORM, forwarded)).statusCode, 403)
})
