import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { testApp, words } from '../helper.ts'
import { addCustomer, addGroup } from '../shop.ts'
import { checkFile, lines, standing } from './helper.ts'

const shop = await testApp(t)
const { em } = shop
const manager = await shop.as('manager')
const staff = await shop.as('staff')

t.test('each change of an existing customer is shown before it is made, old and new', async (t) => {
  const group = await addGroup(em, 'Changing')
  const eve = await addCustomer(em, {
    firstName: 'Eve',
    lastName: 'Old',
    phone: '+12065550110',
    email: null,
    birthDate: '1990-02-03',
    gender: 'female',
    location: 'Rome'
  })
  await addCustomer(em, { firstName: 'Sam', lastName: 'Same', email: 'sam.same@example.org', group })
  await addCustomer(em, { firstName: 'John', lastName: 'Smith', phone: '+12065550111', email: null })
  const { path, page, file } = await checkFile(
    shop,
    manager,
    group,
    lines(
      'Eva,Old,206 555 0110,eva@example.org,25/12/1990,,Paris',
      'Sam,Same,,sam.same@example.org,,m,',
      'Maria,Garcia,206 555 0111,,,,Lima'
    )
  )
  t.same(file.plan?.different, { joining: 1, already: 1, fields: 5 }, 'a stranger is nobody’s change')
  t.match(
    words(page),
    'The file has different details for 2 existing customers (5 differences). Their details in Clientele will stay the same.'
  )
  const list = (await manager.get(`${path}/changes`)).body
  t.match(words(list), '2 customers, 5 differences')
  const changes = [
    '2 Eve Old First name Eve Eva',
    '2 Eve Old E-mail — eva@example.org',
    '2 Eve Old Birth date Feb 3, 1990 Dec 25, 1990',
    '2 Eve Old Location Rome Paris',
    '3 Sam Same Gender — Male'
  ]
  for (const change of changes) t.match(words(list), change)
  t.match(list, `href="/customers/${eve}"`)
  t.notMatch(words(list), 'Lima')
  t.match(words(list), 'Row Customer Field In Clientele In the file')
  await manager.post(`${path}/details`, { updates: 'true' })
  t.match(words((await manager.get(`${path}/changes`)).body), 'Row Customer Field Now Will be')
  t.match(
    words((await standing(shop, manager, path)).page),
    '2 existing customers will get new details (5 changes). See each change'
  )
  t.match((await manager.part(`${path}/changes?after=2`)).body, /^<div id="changes"/)
  t.notMatch(words((await manager.part(`${path}/changes?after=2`)).body), 'Paris')
  await rows(em, sql`update customer set location = 'Paris', version = version + 1 where id = ${eve}`)
  t.notMatch(words((await manager.get(`${path}/changes`)).body), 'Rome', 'as they are now')
})

t.test('they are for managers', async (t) => {
  t.equal((await staff.get('/imports/1/changes')).statusCode, 403)
  t.match((await shop.anonymous.get('/imports/1/changes')).headers.location, '/sign-in')
  t.equal((await manager.get('/imports/999/changes')).statusCode, 404)
  t.equal((await manager.get('/imports/1/changes?after=9999999999999')).statusCode, 200)
})
