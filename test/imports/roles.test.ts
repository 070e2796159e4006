import t from 'tap'
import { testApp, words } from '../helper.ts'
import { addGroup, WALK_IN } from '../shop.ts'
import { checkFile, lines } from './helper.ts'
import { multipart, upload } from './upload.ts'

const shop = await testApp(t)
const { em } = shop
const manager = await shop.as('manager')
const staff = await shop.as('staff')
const group = await addGroup(em, 'Mine')
const { path } = await checkFile(shop, manager, group, lines('Ann,,,ann@example.org,,,', 'Bad,,,,,,'))

t.test('imports are for managers', async (t) => {
  for (const page of [
    `/groups/${group}/import`,
    `/groups/${group}/import/sample.csv`,
    path,
    `${path}/rows?which=create`,
    `${path}/errors`,
    `${path}/errors.csv`,
    `${path}/errors.xlsx`
  ]) {
    t.equal((await staff.get(page)).statusCode, 403, page)
    t.match((await shop.anonymous.get(page)).headers.location, '/sign-in', page)
    const { statusCode } = await manager.get(page)
    t.ok(statusCode === 200 || statusCode === 303, `${page} ${statusCode}`)
  }
  for (const act of ['additions', 'details', 'columns', 'dates', 'reading', 'cancel']) {
    t.equal((await staff.post(`${path}/${act}`)).statusCode, 403, act)
    t.equal((await shop.anonymous.post(`${path}/${act}`)).statusCode, 401, act)
  }
  t.equal((await upload(staff, group, lines())).statusCode, 403)
  t.match((await upload(shop.anonymous, group, lines())).headers.location, '/sign-in')
  const { payload, headers } = multipart({}, { name: 'a.csv', bytes: lines() })
  const foreign = await manager.send(`/groups/${group}/import`, payload, {
    ...headers,
    origin: 'http://elsewhere.test'
  })
  t.equal(foreign.statusCode, 403, 'from a page of somebody else')
})

t.test('what is not there is not found', async (t) => {
  for (const page of [
    '/imports/999',
    '/imports/999/rows',
    '/imports/999/errors',
    '/imports/999/errors.csv',
    '/groups/999/import'
  ]) {
    t.equal((await manager.get(page)).statusCode, 404, page)
  }
  t.equal((await upload(manager, 999, lines())).statusCode, 404)
  for (const act of ['additions', 'cancel', 'columns']) {
    t.equal((await manager.post(`/imports/999/${act}`)).statusCode, 404, act)
  }
})

t.test('nobody is imported into Walk-in', async (t) => {
  const answer = await manager.get(`/groups/${WALK_IN}/import`)
  t.equal(answer.statusCode, 409)
  t.match(words(answer.body), 'You can’t import customers into Walk-in.')
  t.equal((await upload(manager, WALK_IN, lines())).statusCode, 409)
})

t.test('the sample file has the three rows, and left as it is it adds nobody', async (t) => {
  const sample = (await manager.get(`/groups/${group}/import/sample.csv`)).body
  t.match(sample, '\ufeffFirst Name,Last Name,Phone,Email,Birth Date,Gender,Location,Company\r\nMandatory,Optional,')
  await manager.post(`${path}/cancel`)
  const { file, page } = await checkFile(shop, manager, group, sample)
  t.match(file.plan, { rows: 2, passed: 2, passedBy: { template: 1, sample: 1 } })
  t.match(words(page), 'This file has no customers in it.')
})

t.test('an import that is under way is found again, and a past one is listed', async (t) => {
  const open = await manager.get(`/groups/${group}/import`)
  t.match(String(open.headers.location), '/imports/')
  await manager.post(`${open.headers.location}/cancel`)
  const fresh = await manager.get(`/groups/${group}/import`)
  t.equal(fresh.statusCode, 200)
})

t.test('a form without a file, or with too large a one, says so', async (t) => {
  const { payload, headers } = multipart({}, null)
  const none = await manager.send(`/groups/${group}/import`, payload, headers)
  t.equal(none.statusCode, 422)
  t.match(words(none.body), 'Choose a file first.')
  const nothing = await manager.post(`/groups/${group}/import`)
  t.ok(nothing.statusCode >= 400 && nothing.statusCode < 500, `${nothing.statusCode}`)
})
