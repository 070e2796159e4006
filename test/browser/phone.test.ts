import { sql } from 'kysely'
import t from 'tap'
import { openShop, PHONE, signIn } from './browser.ts'
import { doMainJob, FINGER, heading } from './main-job.ts'
import { missingIcons, overflow, smallTargets } from './measure.ts'
import { pagesOf } from './pages.ts'

const shop = await openShop(t)

t.test('a manager does the main job on a phone', async (t) => {
  const page = await shop.visit(t, PHONE)
  await page.goto('/')
  await signIn(page, 'manager', FINGER)
  await heading(page, 'Customer Groups')
  await doMainJob(t, shop, page, FINGER, 'by finger')
})

t.test('a long city leaves no hole in a customer’s card', async (t) => {
  await shop.ask(sql`update customer set location = 'Llanfairpwllgwyngyllgogerych' where name = 'Aaron Bergman'`)
  const page = await shop.as(t, 'staff', PHONE)
  await page.goto('/customers?q=Aaron+Bergman')
  const card = page.getByRole('row').filter({ hasText: 'Llanfairpwll' })
  const tops = (await card.locator('td:not(.name, .more)').all()).map(async (cell) => (await cell.boundingBox())?.y)
  const inRow = Map.groupBy(await Promise.all(tops), (top) => top)
  t.same([...inRow.values()].map((row) => row.length).sort(), [1, 2, 2, 2], 'only the city has a row of its own')
})

t.test('no page is wider than a phone of 390 or 320 px, and a finger hits everything on it', async (t) => {
  const options = { ...PHONE, reducedMotion: 'reduce' as const, allow: [401, 403, 404, 409, 422] }
  for (const { role, visits } of await pagesOf(shop)) {
    const page = role === null ? await shop.visit(t, options) : await shop.as(t, role, options)
    for (const { name, open } of visits) {
      for (const width of [390, 320]) {
        await page.setViewportSize({ width, height: 844 })
        if (width === 390) await open(page)
        const what = `${name}, for ${role ?? 'anybody'}, at ${width} px`
        t.equal(await overflow(page), 0, `${what}: nothing overflows`)
        t.same(await smallTargets(page), [], `${what}: targets are large enough`)
      }
      t.same(await missingIcons(page), [], `${name}, for ${role ?? 'anybody'}: its icons are drawn`)
    }
    await page.context().close()
  }
})
