import t from 'tap'
import { client, PASSWORD, testApp, words } from '../helper.ts'
import { CHOSEN, idOf, linkIn } from './helper.ts'

t.test('who is disabled is out at once, and back when enabled', async (t) => {
  const shop = await testApp(t)
  const { app, as, anonymous } = shop
  const admin = await as('admin')
  const staff = await as('staff')
  const id = await idOf(shop, 'staff@demo.test')
  const path = linkIn((await admin.post(`/staff/${id}/link`)).body)
  const done = await admin.post(`/staff/${id}/disabling`)
  t.equal(done.headers.location, '/staff')
  t.match(words((await admin.get('/staff')).body), 'staff person was disabled and signed out everywhere.')
  t.equal((await staff.get('/groups')).statusCode, 303)
  t.equal((await client(app).post('/sign-in', { email: 'staff@demo.test', password: PASSWORD })).statusCode, 422)
  t.equal((await anonymous.get(path)).statusCode, 404, 'their link too')
  t.equal((await admin.post(`/staff/${id}/link`)).statusCode, 409)
  t.equal((await admin.post(`/staff/${id}/disabling`)).statusCode, 303, 'a double click does no harm')
  await admin.post(`/staff/${id}/enabling`)
  t.equal((await staff.get('/groups')).statusCode, 303, 'the old session stays over')
  t.equal((await client(app).post('/sign-in', { email: 'staff@demo.test', password: PASSWORD })).statusCode, 303)
})

t.test('a reset link lets its person choose a new password and ends their sessions', async (t) => {
  const shop = await testApp(t)
  const admin = await shop.as('admin')
  const staff = await shop.as('staff')
  const made = await admin.post(`/staff/${await idOf(shop, 'staff@demo.test')}/link`)
  t.match(words(made.body), 'until Mar 3, 2026', 'a day')
  t.equal((await staff.get('/groups')).statusCode, 200, 'until then nothing changes')
  t.equal((await shop.anonymous.post(linkIn(made.body), { password: CHOSEN })).statusCode, 303)
  t.equal((await staff.get('/groups')).statusCode, 303)
  t.equal((await shop.anonymous.get('/groups')).statusCode, 200)
  const old = await client(shop.app).post('/sign-in', { email: 'staff@demo.test', password: PASSWORD })
  t.equal(old.statusCode, 422)
})

t.test('links carry the public address', async (t) => {
  const shop = await testApp(t, { config: { PUBLIC_URL: 'https://clientele.example' } })
  const browser = client(shop.app, 'https://clientele.example')
  await browser.post('/sign-in', { email: 'admin@demo.test', password: PASSWORD })
  const made = await browser.post(`/staff/${await idOf(shop, 'staff@demo.test')}/link`)
  t.match(made.body, 'id="link">https://clientele.example/link/')
})
