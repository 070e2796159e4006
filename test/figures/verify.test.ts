import { execFile } from 'node:child_process'
import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { verifyFigures } from '../../src/figures/verify.ts'
import { testApp } from '../helper.ts'
import { addCustomer, addGroup, addList, addSale } from '../shop.ts'

const shop = await testApp(t, { settles: false })
const { em } = shop
const vip = await addGroup(em, 'VIP')
const wine = await addList(em, 'Wine')
const ann = await addCustomer(em, { group: vip, lists: [wine] })
await addSale(em, ann, '2026-01-05T15:00Z', [
  ['Rug', 2, 50],
  ['Axe', 1, 5]
])

/** Ends with the process's exit code and what it printed. */
function command(...given: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, DATABASE_URL: shop.url }
    execFile(process.execPath, ['src/cli/figures-verify.ts', ...given], { env }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr })
    )
  })
}

t.test('nothing has drifted, and what was waiting is taken in', async (t) => {
  const { code, output } = await command()
  t.equal(code, 0)
  t.match(output, /Customers and spend of groups: 4 checked, 0 wrong/)
  t.match(output, /^drift 0$/m)
  t.same(await rows(em, sql`select customers, spent from group_figures where group_id = ${wine}`), [
    { customers: 1, spent: '55.000' }
  ])
})

t.test('whatever is wrong is found, said and repaired', async (t) => {
  await rows(em, sql`update group_figures set spent = spent + 1, customers = 7 where group_id = ${vip}`)
  await rows(
    em,
    sql`update customer_totals set orders = 5, spent = 60, last_order_at = null where customer_id = ${ann}`
  )
  await rows(em, sql`delete from group_product where group_id = ${wine}`)
  await rows(em, sql`insert into group_product (group_id, product_id, units, revenue, buyers) values (1, 1, 3, 3, 1)`)
  await rows(em, sql`update group_top_product set units = 1`)
  const found = await command()
  t.equal(found.code, 1)
  t.match(found.output, `customer ${ann}: kept (5,60.000,), recounted (1,55.000,"2026-01-05 15:00:00+00")`)
  t.match(found.output, `group ${wine}, product 2: kept nothing, recounted (2.000,50.000,1)`)
  t.match(found.output, 'To repair them, run: npm run figures:verify -- --repair')
  const mended = await command('--repair')
  t.equal(mended.code, 0)
  t.match(mended.output, /^drift \d+, repaired$/m)
  t.same(
    (await verifyFigures(em)).filter(({ drifted }) => drifted > 0),
    []
  )
})

t.test('an option it does not know gets a sentence', async (t) => {
  const { code, output } = await command('--mend')
  t.equal(code, 1)
  t.equal(output.trim(), 'figures:verify takes only --repair, not --mend.')
})
