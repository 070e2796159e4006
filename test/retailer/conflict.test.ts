import t from 'tap'
import { testApp, words } from '../helper.ts'
import { KEPT, kept, selected } from './kept.ts'

t.test('the second of two who change the settings sees both versions and loses nothing', async (t) => {
  const shop = await testApp(t)
  const admin = await shop.as('admin')
  await admin.post('/settings', { ...KEPT, name: 'Theirs', country: 'CA' })
  await admin.get('/settings')
  const answer = await admin.post('/settings', { ...KEPT, name: 'Mine', locale: 'fr-ca' })
  t.equal(answer.statusCode, 409)
  const text = words(answer.body)
  t.match(
    text,
    /Someone else saved.*Their version, saved.*Theirs.*Canada.*Your version, not saved.*Mine.*United States.*French \(Canada\)/
  )
  t.match(answer.body, '<mark>Mine</mark>')
  t.notMatch(answer.body, '<mark>US Dollar')
  t.same(selected(answer.body), ['US', 'America/New_York', 'USD', 'fr-CA'])
  t.match(answer.body, 'name="version" value="2"')
  t.match(await kept(shop), { name: 'Theirs', version: 2 })
  t.equal((await admin.post('/settings', { ...KEPT, name: 'Mine', version: 2 })).statusCode, 303)
  t.match(await kept(shop), { name: 'Mine', country: 'US', version: 3 })
})

t.test('a mistake in an outdated form does not hide what somebody else saved', async (t) => {
  const shop = await testApp(t)
  const admin = await shop.as('admin')
  await admin.post('/settings', { ...KEPT, name: 'Theirs' })
  const answer = await admin.post('/settings', { ...KEPT, name: '' })
  t.equal(answer.statusCode, 422)
  t.match(answer.body, 'name="version" value="1"')
})

t.test('of two who save at once one is told; a double click is no conflict', async (t) => {
  const shop = await testApp(t)
  const admin = await shop.as('admin')
  const answers = await Promise.all(['One', 'Two'].map((name) => admin.post('/settings', { ...KEPT, name })))
  t.same(answers.map((one) => one.statusCode).sort(), [303, 409])
  t.match(await kept(shop), { version: 2 })
  const same = { ...KEPT, name: 'Three', version: 2 }
  const clicks = await Promise.all([admin.post('/settings', same), admin.post('/settings', same)])
  t.same(
    clicks.map((one) => one.statusCode),
    [303, 303]
  )
  t.match(await kept(shop), { name: 'Three', version: 3 })
})

t.test('a version that never was changes nothing', async (t) => {
  const shop = await testApp(t)
  const admin = await shop.as('admin')
  for (const version of ['', '0', '-1', '2', '1.5', '9999999999', 'x', "1' or 1=1", '\u0000']) {
    const answer = await admin.post('/settings', { ...KEPT, name: 'Mine', version })
    t.equal(answer.statusCode, 409, JSON.stringify(version))
    t.match(answer.body, 'name="version" value="1"')
  }
  t.same(await kept(shop), KEPT)
})
