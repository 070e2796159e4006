import t from 'tap'
import { testApp, words } from '../helper.ts'
import { idOf } from './helper.ts'

t.test('a changed role counts at that person’s next request', async (t) => {
  const shop = await testApp(t)
  const admin = await shop.as('admin')
  const staff = await shop.as('staff')
  const id = await idOf(shop, 'staff@demo.test')
  t.equal((await staff.get('/groups/new')).statusCode, 403)
  const page = await admin.get(`/staff/${id}/edit`)
  t.match(page.body, /value="staff" checked/)
  const saved = await admin.post(`/staff/${id}/edit`, { name: 'Sam', role: 'manager', version: 1 })
  t.equal(saved.headers.location, '/staff')
  t.match(words((await admin.get('/staff')).body), 'Changes to Sam were saved.')
  t.equal((await staff.get('/groups/new')).statusCode, 200)
  await admin.post(`/staff/${id}/edit`, { name: 'Sam', role: 'staff', version: 2 })
  t.equal((await staff.get('/groups/new')).statusCode, 403)
})

t.test('the second of two who edit one person sees both versions and loses nothing', async (t) => {
  const shop = await testApp(t)
  const admin = await shop.as('admin')
  const id = await idOf(shop, 'staff@demo.test')
  await admin.post(`/staff/${id}/edit`, { name: 'Theirs', role: 'manager', version: 1 })
  const second = await admin.post(`/staff/${id}/edit`, { name: 'Mine', role: 'staff', version: 1 })
  t.equal(second.statusCode, 409)
  t.match(words(second.body), 'Their version, saved Name Theirs Role Manager')
  t.match(words(second.body), 'Your version, not saved Name Mine Role Staff')
  t.match(second.body, '<input type="hidden" name="version" value="2">')
  t.match(second.body, 'value="Mine"')
  t.equal((await admin.post(`/staff/${id}/edit`, { name: 'Mine', role: 'staff', version: 2 })).statusCode, 303)
})

t.test('an edit with something wrong keeps what was typed', async (t) => {
  const shop = await testApp(t)
  const admin = await shop.as('admin')
  const id = await idOf(shop, 'staff@demo.test')
  const answer = await admin.post(`/staff/${id}/edit`, { name: ' ', role: 'manager', version: 1 })
  t.equal(answer.statusCode, 422)
  t.match(words(answer.body), 'Enter the name.')
  t.match(answer.body, /value="manager" checked/)
  for (const version of ['', '0', 'x', '99999999999']) {
    t.equal((await admin.post(`/staff/${id}/edit`, { name: 'X', role: 'staff', version })).statusCode, 422, version)
  }
})
