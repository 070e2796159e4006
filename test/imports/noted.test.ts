import t from 'tap'
import { testApp, words } from '../helper.ts'
import { addGroup } from '../shop.ts'
import { bucketsOf, checkFile, lines } from './helper.ts'

t.test('the plan says which phones lose their extension', async (t) => {
  const shop = await testApp(t)
  const manager = await shop.as('manager')
  const group = await addGroup(shop.em, 'Extended')
  const { page, path, file } = await checkFile(
    shop,
    manager,
    group,
    lines('Ann,,206 555 0187 ext 5,,,,', 'Bo,,206 555 0188,,,,', ',,206 555 0189 ext 7,,,,')
  )
  t.same(bucketsOf(file.plan), { create: 2, wrong: 1 })
  t.match(words(page), '1 phone has an extension, which is not kept.')
  t.match(
    words((await manager.get(`${path}/rows?which=noted`)).body),
    'Ann (206) 555-0187 — — Extension 5 is not kept.'
  )
})
