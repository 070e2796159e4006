import t from 'tap'
import { readOptions } from '../../src/seed/options.ts'
import { openDatabase, SIZE } from './helper.ts'

t.test('a real retailer is refused unless it is named', async (t) => {
  const real = await openDatabase(t)
  await real.ask(`insert into staff_member (name, email, role) values ('Ana', 'ana@corner.test', 'admin')`)
  await t.rejects(real.fill(`${SIZE} --seed 7`), {
    message: /holds a retailer that has no name yet\. .*--into "clientele_test/
  })
  await real.ask(
    `insert into retailer (name, country, time_zone, currency, locale) values ('Made-up Stores', 'US', 'UTC', 'USD', 'en')`
  )
  await t.rejects(real.fill(`${SIZE} --seed 7`), { message: /holds Made-up Stores\./ }, 'the name alone is no proof')
  await real.ask(`update retailer set name = 'Corner'`)
  await t.rejects(real.fill(`${SIZE} --seed 7 --into Korner`), {
    message: /holds Corner\. To erase that and seed it, name it: --into "Corner"$/
  })
  t.same(await real.ask('select email from staff_member'), [{ email: 'ana@corner.test' }])
  await real.fill('--customers 50 --groups 3 --sales 100 --seed 7 --into Corner')
  t.same(await real.ask('select name, is_demo from retailer'), [{ name: 'Made-up Stores', is_demo: false }])
  await real.ask(`update retailer set name = 'Corner Shop'`)
  await t.rejects(
    real.fill(`${SIZE} --seed 7`),
    { message: /holds Corner Shop\./ },
    'one that has been given a name is somebody’s'
  )
})

t.test('wrong arguments are explained', async (t) => {
  const refusal = (args: string) =>
    t.throws(() => readOptions(args.split(' ')), { message: /: npm run seed -- --customers N/ })
  for (const args of [
    '',
    '--customers',
    `${SIZE} --seed x`,
    `${SIZE} --sede 1`,
    `${SIZE} --seed 1 --today soon`,
    '--customers 5'
  ])
    refusal(args)
})
