import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { row, rows } from '../../src/db/rows.ts'
import { count, testApp, words } from '../helper.ts'
import { KEPT as SHOP } from './kept.ts'

/** Staff, but no retailer yet: an admin that the environment named has to finish the set-up. */
async function staffOnly(t: Test) {
  const shop = await testApp(t)
  await rows(shop.em, sql`delete from retailer`)
  return shop
}

t.test('an admin is led to the set-up, finishes it, and is at work', async (t) => {
  const { as, em } = await staffOnly(t)
  const admin = await as('admin')
  for (const path of ['/groups', '/settings', '/customers']) {
    t.match(await admin.get(path), { statusCode: 303, headers: { location: '/set-up' } }, path)
  }
  const page = await admin.get('/set-up')
  t.equal(page.statusCode, 200)
  t.match(page.body, /<option value="America\/New_York" selected>/)
  t.notMatch(page.body, 'name="password"')
  t.match(await admin.post('/set-up', { ...SHOP, name: 'Ladén 🛒' }), {
    statusCode: 303,
    headers: { location: '/groups' }
  })
  t.match(words((await admin.get('/groups')).body), 'Ladén 🛒 is set up.')
  t.match(await row(em, sql`select * from retailer`), {
    name: 'Ladén 🛒',
    time_zone: 'America/New_York',
    is_demo: false,
    version: 1
  })
})

t.test('who is no admin is told whom to ask, and who is nobody signs in', async (t) => {
  const { as, anonymous, em } = await staffOnly(t)
  for (const role of ['staff', 'manager'] as const) {
    const person = await as(role)
    t.match(await person.get('/groups'), { statusCode: 303, headers: { location: '/set-up' } })
    for (const answer of [await person.get('/set-up'), await person.post('/set-up', SHOP)]) {
      t.equal(answer.statusCode, 403)
      t.match(words(answer.body), 'Ask an admin to finish the set-up.')
    }
  }
  t.match(await anonymous.get('/set-up'), { statusCode: 303, headers: { location: '/sign-in?next=%2Fset-up' } })
  t.equal((await anonymous.post('/set-up', SHOP)).statusCode, 401)
  t.equal(await count(em, sql`select count(*)::int as n from retailer`), 0)
})

t.test('once there is a retailer the set-up leads on, and changes nothing', async (t) => {
  const { as, em } = await testApp(t)
  const admin = await as('admin')
  t.match(await admin.get('/set-up'), { statusCode: 303, headers: { location: '/settings' } })
  t.match(await admin.post('/set-up', { ...SHOP, name: 'Other' }), {
    statusCode: 303,
    headers: { location: '/settings' }
  })
  t.match(words((await admin.get('/settings')).body), 'The shop is already set up.')
  t.match(await (await as('staff')).get('/set-up'), { statusCode: 303, headers: { location: '/groups' } })
  t.match(await row(em, sql`select name from retailer`), { name: 'Corner Shop' })
})

t.test('of two admins who finish at once one wins, the other is told', async (t) => {
  const { as, em } = await staffOnly(t)
  const [one, two] = [await as('admin'), await as('admin')]
  const answers = await Promise.all([
    one.post('/set-up', { ...SHOP, name: 'One' }),
    two.post('/set-up', { ...SHOP, name: 'Two' })
  ])
  t.same(answers.map((answer) => answer.headers.location).sort(), ['/groups', '/settings'])
  const loser = answers[0].headers.location === '/settings' ? one : two
  t.match(words((await loser.get('/settings')).body), 'The shop is already set up.')
  t.equal(await count(em, sql`select count(*)::int as n from retailer`), 1)
})

t.test('what is wrong is said by its field, and nothing typed is lost', async (t) => {
  const { as, em } = await staffOnly(t)
  const admin = await as('admin')
  const answer = await admin.post('/set-up', {
    ...SHOP,
    name: '<script>',
    country: 'XX',
    timeZone: '',
    locale: 'zz zz'
  })
  t.equal(answer.statusCode, 422)
  t.match(words(answer.body), 'There are 3 problems')
  for (const field of ['country', 'timeZone', 'locale']) t.match(answer.body, `id="${field}-error"`)
  t.match(answer.body, 'value="&lt;script&gt;"')
  t.match(answer.body, '<option value="USD" selected>')
  t.match(words((await admin.post('/set-up')).body), 'There are 5 problems')
  t.equal(await count(em, sql`select count(*)::int as n from retailer`), 0)
})
