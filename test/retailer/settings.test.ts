import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { testApp, words } from '../helper.ts'
import { KEPT, kept, selected } from './kept.ts'

t.test('only an admin sees and changes the settings', async (t) => {
  const shop = await testApp(t)
  for (const role of ['staff', 'manager'] as const) {
    const person = await shop.as(role)
    for (const [answer, what] of [
      [await person.get('/settings'), 'see this page'],
      [await person.post('/settings', KEPT), 'do this']
    ] as const) {
      t.equal(answer.statusCode, 403, role)
      t.match(words(answer.body), `Only admins can ${what}.`)
    }
    t.notMatch((await person.get('/groups')).body, 'href="/settings"')
  }
  t.match(await shop.anonymous.get('/settings'), {
    statusCode: 303,
    headers: { location: '/sign-in?next=%2Fsettings' }
  })
  t.equal((await shop.anonymous.post('/settings', { ...KEPT, name: 'Mine' })).statusCode, 401)
  t.equal((await (await shop.as('admin')).get('/settings')).statusCode, 200)
  t.same(await kept(shop), KEPT)
})

t.test('the page shows what is kept, in native selects, and is small', async (t) => {
  const shop = await testApp(t)
  const admin = await shop.as('admin')
  const page = await admin.get('/settings')
  t.same(selected(page.body), ['US', 'America/New_York', 'USD', 'en-US'])
  t.match(page.body, 'value="Corner Shop"')
  t.equal(page.body.match(/<select[^>]* autocomplete="off"/g)?.length, 4)
  t.match(words(page.body), 'Phone numbers without a country code are read as this country’s.')
  const packed = await shop.app.inject({
    url: '/settings',
    headers: {
      host: 'localhost',
      'accept-encoding': 'gzip',
      cookie: [...admin.cookies].map((pair) => pair.join('=')).join('; ')
    }
  })
  t.equal(packed.headers['content-encoding'], 'gzip')
  t.ok(packed.rawPayload.length < 20_000, `${packed.rawPayload.length} bytes`)
})

t.test('a change takes effect with the next request', async (t) => {
  const shop = await testApp(t)
  const admin = await shop.as('admin')
  const changes = {
    name: ' Eck\u00adladen  Öl ',
    country: 'DE',
    timeZone: 'Europe/Berlin',
    currency: 'EUR',
    locale: 'de-de',
    version: 1
  }
  t.match(await admin.post('/settings', changes), { statusCode: 303, headers: { location: '/settings' } })
  t.match(await kept(shop), { country: 'DE', timeZone: 'Europe/Berlin', currency: 'EUR', locale: 'de-DE', version: 2 })
  const page = await admin.get('/settings')
  t.match(words(page.body), 'The settings are saved.')
  t.match(page.body, /<title>Settings – Eck/)
  t.same(selected(page.body), ['DE', 'Europe/Berlin', 'EUR', 'de-DE'])
  t.match((await shop.anonymous.get('/sign-in')).body, /Eck/)
})

t.test('what is kept is offered, even if no list has it', async (t) => {
  const shop = await testApp(t)
  const admin = await shop.as('admin')
  const rare = { ...KEPT, timeZone: 'US/Eastern', locale: 'de-IT' }
  t.equal((await admin.post('/settings', rare)).statusCode, 303)
  t.same(selected((await admin.get('/settings')).body), ['US', 'America/New_York', 'USD', 'de-IT'])
})

t.test('a shop that has a time zone’s older name keeps working, and its form has the one of today', async (t) => {
  const shop = await testApp(t)
  const admin = await shop.as('admin')
  await rows(shop.em, sql`update retailer set country = 'IN', time_zone = 'Asia/Calcutta'`)
  t.equal((await admin.get('/customers')).statusCode, 200)
  t.same(selected((await admin.get('/settings')).body), ['IN', 'Asia/Kolkata', 'USD', 'en-US'])
  const old = { ...KEPT, country: 'UA', timeZone: 'Europe/Kiev', version: 1 }
  t.equal((await admin.post('/settings', old)).statusCode, 303)
  t.match(await kept(shop), { country: 'UA', timeZone: 'Europe/Kyiv' })
})

t.test('without JavaScript the country’s usual settings are a button away, and nothing is saved by it', async (t) => {
  const shop = await testApp(t)
  const admin = await shop.as('admin')
  const asked = { ...KEPT, name: 'My <b>Shop', country: 'IN', version: 1, do: 'usual' }
  const page = await admin.post('/settings', asked)
  t.equal(page.statusCode, 200)
  t.same(selected(page.body), ['IN', 'Asia/Kolkata', 'INR', 'en-IN'])
  t.match(page.body, 'value="My &lt;b&gt;Shop"')
  t.match(page.body, 'name="version" value="1"')
  t.same(await kept(shop), KEPT)
  const nowhere = await admin.post('/settings', { ...asked, country: 'XX' })
  t.same([nowhere.statusCode, ...selected(nowhere.body)], [200, 'XX', 'America/New_York', 'USD', 'en-US'])
  t.equal((await (await shop.as('manager')).post('/settings', asked)).statusCode, 403)
})

t.test('what is wrong is said by its field and above the form, and nothing typed is lost', async (t) => {
  const shop = await testApp(t)
  const admin = await shop.as('admin')
  const wrong: [string, string, string][] = [
    ['name', '', 'Enter the name of the shop.'],
    ['name', ' \u00a0 ', 'Enter the name of the shop.'],
    ['name', 'x'.repeat(81), 'at most 80 characters'],
    ['name', 'a\u0000b', 'characters that can'],
    ['country', '', 'Choose a country.'],
    ['country', 'XX', 'Choose a country.'],
    ['country', 'us', 'Choose a country.'],
    ['timeZone', 'Mars/Olympus', 'Choose a time zone.'],
    ['timeZone', '+02:00', 'Choose a time zone.'],
    ['timeZone', "'; drop table sale; --", 'Choose a time zone.'],
    ['timeZone', 'UTC\u0000', 'Choose a time zone.'],
    ['currency', 'XXX', 'Choose a currency.'],
    ['currency', 'usd', 'Choose a currency.'],
    ['currency', 'US\u0000', 'Choose a currency.'],
    ['locale', '', 'Choose how numbers and dates are written.'],
    ['locale', 'xx-XX', 'Choose how numbers and dates are written.'],
    ['locale', 'not a locale', 'Choose how numbers and dates are written.'],
    ['locale', `en-x-${'abcdefgh-'.repeat(10)}z`, 'Choose how numbers and dates are written.'],
    ['locale', '<script>alert(1)</script>', 'Choose how numbers and dates are written.']
  ]
  for (const [field, value, message] of wrong) {
    const answer = await admin.post('/settings', { ...KEPT, name: 'Kept <b>typed</b> 🛒', [field]: value })
    t.equal(answer.statusCode, 422, `${field}: ${JSON.stringify(value).slice(0, 40)}`)
    t.match(answer.body, `<a href="#${field}">`)
    t.match(answer.body, `id="${field}-error"`)
    t.equal(words(answer.body).split(message).length, 3, message)
    if (field !== 'name') t.match(answer.body, 'value="Kept &lt;b&gt;typed&lt;/b&gt; 🛒"')
    t.notMatch(answer.body, '<script>alert')
  }
  t.same(await kept(shop), KEPT)
})

t.test('a form that lacks fields, or has them twice, is answered by field', async (t) => {
  const shop = await testApp(t)
  const admin = await shop.as('admin')
  const empty = await admin.post('/settings')
  t.equal(empty.statusCode, 422)
  t.match(words(empty.body), 'There are 5 problems')
  const twice = await admin.post('/settings', { ...KEPT, name: ['a', 'b'], currency: ['USD', 'EUR'] })
  t.equal(twice.statusCode, 422)
  t.match(words(twice.body), 'There are 2 problems')
  t.same(await kept(shop), KEPT)
})

t.test('names of 80 characters, emoji and markup are kept as they are', async (t) => {
  const shop = await testApp(t)
  const admin = await shop.as('admin')
  const name = `<script>alert('x')</script> "&" ${'🛒'.repeat(48)}`
  t.equal((await admin.post('/settings', { ...KEPT, name })).statusCode, 303)
  t.match(await kept(shop), { name })
  const page = await admin.get('/settings')
  t.notMatch(page.body, '<script>alert')
  t.match(page.body, '&lt;script&gt;alert(&#39;x&#39;)')
})
