import { sql } from 'kysely'
import type { Page } from 'playwright-core'
import t from 'tap'
import { openShop } from './browser.ts'
import { heading, main } from './main-job.ts'

const shop = await openShop(t)

const gear = (page: Page, name: string) => page.getByRole('link', { name: `Quick settings for ${name}` })
const openMenu = (page: Page) => page.locator('details[open] .menu-panel')

t.test('a menu comes once; on a slow line the gear looks pressed until it is there', async (t) => {
  const page = await shop.as(t, 'manager')
  await page.goto('/groups/3/customers')
  let asked = 0
  let letGo = () => {}
  const held = new Promise<void>((go) => {
    letGo = go
  })
  await page.route('**/menu?group=3', async (route) => {
    asked++
    await held
    await route.continue()
  })
  const ground = () =>
    gear(page, 'Adrian Barton').evaluate((one) => one.ownerDocument.defaultView?.getComputedStyle(one).backgroundColor)
  const before = await ground()
  await gear(page, 'Adrian Barton').click()
  await page.mouse.move(0, 0)
  t.not(await ground(), before, 'pressed')
  await gear(page, 'Adrian Barton').click()
  letGo()
  await openMenu(page).waitFor()
  t.equal(await openMenu(page).count(), 1)
  await page.keyboard.press('Escape')
  await page.locator('summary[aria-label="Quick settings for Adrian Barton"]').click()
  await openMenu(page).waitFor()
  t.equal(asked, 1, 'for two presses and a second opening')
})

t.test('with Ctrl it opens as a page, and one that is gone says so', async (t) => {
  const page = await shop.as(t, 'staff', { allow: [404] })
  await page.goto('/customers')
  const tab = page.context().waitForEvent('page')
  await gear(page, 'Aaron Hawkins').click({ modifiers: ['Control'] })
  await heading(await tab, 'Quick settings for Aaron Hawkins')
  t.equal(await openMenu(page).count(), 0)
  await page.route('**/menu', (route) => route.continue({ url: `${shop.origin}/customers/999999/menu` }))
  await gear(page, 'Aaron Hawkins').click()
  await page.locator('.toast.error').getByText('This page does not exist, or what it showed was deleted.').waitFor()
  t.ok(await gear(page, 'Aaron Hawkins').isVisible())
})

t.test('a group’s menu stays open while its list is brought up to date', async (t) => {
  const page = await shop.as(t, 'manager')
  await page.goto('/groups')
  await page.getByRole('link', { name: 'Options for West' }).click()
  await openMenu(page).waitFor()
  await shop.ask(sql`insert into customer_group (kind, name) values ('list', 'Aardvarks')`)
  await page.evaluate("htmx.ajax('GET', '/groups', { target: '#list', swap: 'outerMorph' })")
  await page.getByRole('link', { name: 'Aardvarks', exact: true }).waitFor()
  const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'West', exact: true }) })
  t.ok(await row.getByRole('link', { name: 'Edit List' }).isVisible(), 'in the row of its group')
  t.equal(await openMenu(page).count(), 1)
})

t.test('in a picker a condition that was taken away stays away, whether the panel was opened or not', async (t) => {
  const page = await shop.as(t, 'manager')
  for (const isOpened of [false, true]) {
    await page.goto('/groups/6/add?location=Seattle')
    if (isOpened) {
      await page.getByRole('button', { name: 'Filter' }).click()
      t.equal(await page.getByLabel('Location').inputValue(), 'Seattle')
      await page.keyboard.press('Escape')
    }
    await page.getByRole('button', { name: 'Location: Seattle' }).click()
    await page.locator('.chip').waitFor({ state: 'detached' })
    await page.getByLabel('Search for customers').fill('aa')
    await page.waitForURL(/q=aa/)
    t.notMatch(page.url(), /Seattle/)
    await page.getByRole('button', { name: 'Filter' }).click()
    t.equal(await page.getByLabel('Location').inputValue(), '')
  }
})

t.test('a search keeps what the panel that nobody has opened stands for', async (t) => {
  const page = await shop.as(t, 'staff')
  await page.goto('/customers?location=Seattle')
  await page.getByLabel('Search for customers').fill('ad')
  await page.waitForURL(/q=ad/)
  t.match(page.url(), /location=Seattle/)
  await page.getByRole('link', { name: 'Filter 1' }).click()
  await page.getByLabel('Gender').selectOption('Male')
  await page.getByRole('button', { name: 'Show customers', exact: true }).click()
  await page.waitForURL(/gender=male/)
  t.match(page.url(), /q=ad.*location=Seattle/)
})

t.test('with JavaScript off menus and panels are pages, and a picker’s ticks outlive its panel', async (t) => {
  const page = await shop.as(t, 'manager', { javaScriptEnabled: false })
  await page.goto('/groups/3/customers?q=adrian')
  await gear(page, 'Adrian Barton').click()
  await heading(page, 'Quick settings for Adrian Barton')
  await main(page).getByRole('link', { name: 'Consumer' }).click()
  t.match(page.url(), /\/groups\/3\/customers\?q=adrian$/, 'back to the list as it was')
  await page.goto('/groups')
  await page.getByRole('link', { name: 'Options for West' }).click()
  await page.getByRole('link', { name: 'Edit List' }).click()
  await heading(page, 'Edit List')
  await page.goto('/groups/6/add?q=adam')
  await page.getByRole('checkbox', { name: 'Adam Hart' }).check({ force: true })
  await page.getByRole('button', { name: 'Filter' }).click()
  await page.getByText('1 selected').waitFor()
  await page.getByLabel('Location').fill('Seattle')
  await page.getByRole('button', { name: 'Show customers', exact: true }).click()
  await page.getByText('1 selected').waitFor()
  t.match(page.url(), /location=Seattle/)
  t.equal(await openMenu(page).count(), 0, 'the panel is shut again')
})
