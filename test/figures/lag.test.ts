import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { settleFigures } from '../../src/figures/settle.ts'
import { testApp, words } from '../helper.ts'
import { addCustomer, addGroup, addSale, join } from '../shop.ts'

t.test(
  'the number of customers is right at once; until the rest is, the page says as of when and looks again',
  async (t) => {
    const shop = await testApp(t, { settles: false })
    const { em } = shop
    const staff = await shop.as('staff')
    const group = await addGroup(em, 'Regulars')
    const quiet = await addGroup(em, 'Quiet')
    const ann = await addCustomer(em)
    await settleFigures(em)
    await rows(em, sql`update spend_change set at = '2026-03-01T15:30Z'`)

    await join(em, group, [ann])
    await addSale(em, ann, '2026-03-01T15:00Z', [['Rug', 2, 50]])
    for (const queue of ['spend_change', 'product_change'])
      await rows(em, sql`update ${sql.table(queue)} set at = '2026-03-01T15:30Z'`)
    const pages = [`/groups/${group}`, '/groups', `/groups/${group}/products`]
    for (const page of pages) {
      const lagging = await staff.get(page)
      t.match(words(lagging.body), /as of Mar 1, 2026, 10:30 AM/i, page)
      t.match(lagging.body, /hx-trigger="every \ds"/)
      // An overview that has never been worked out has nothing yet that could be lost.
      if (page !== pages[0]) t.notMatch(lagging.body, 'http-equiv="refresh"', 'what is read does not move by itself')
      t.match(lagging.body, /<noscript> <a href="\/groups[^"]*">Reload<\/a><\/noscript>/)
    }
    const before = words((await staff.part(`/groups/${group}`)).body)
    t.match(before, 'Customers 1 Avg. total spend —')
    t.match(
      words((await staff.get(`/groups/${quiet}`)).body),
      /^(?!.*as of)/i,
      'what waits for others does not concern it'
    )

    await settleFigures(em)
    for (const page of pages) {
      const settled = await staff.get(page)
      t.notMatch(words(settled.body), /as of/i, page)
      // An overview goes on looking: what it draws is of minutes ago.
      if (page !== pages[0]) t.notMatch(settled.body, /hx-trigger="every/)
    }
    t.match(
      words((await staff.part(`/groups/${group}`)).body),
      'Customers 1 Avg. total spend $50.00 all time, all members Top selling product Rug 2 units'
    )
  }
)
