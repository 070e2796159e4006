import type { Page } from 'playwright-core'
import t from 'tap'
import { rankPeriod } from '../../src/figures/periods.ts'
import { workOutOverview } from '../../src/figures/work-out-overview.ts'
import { addCustomers, addGroup } from '../shop.ts'
import { NOW, openShop } from './browser.ts'
import { heading } from './main-job.ts'

const shop = await openShop(t)

const tick = (page: Page, name: string) => page.getByRole('checkbox', { name: `Compare ${name}`, exact: true }).click()
const compared = (page: Page) => page.locator('#compared thead').first().getByRole('link').allInnerTexts()

t.test('two groups are compared with JavaScript off', async (t) => {
  const page = await shop.as(t, 'staff', { javaScriptEnabled: false })
  await page.goto('/groups')
  await tick(page, 'Consumer')
  await tick(page, 'West')
  await page.getByRole('button', { name: 'Compare' }).click()
  await heading(page, 'Compare')
  t.same(await compared(page), ['Consumer', 'West'])
  await page.getByLabel('Compare with another group').fill('corporate')
  await page.getByRole('button', { name: 'Add' }).click()
  await page.waitForURL(/ids=\d+&ids=\d+&ids=\d+/)
  t.same(await compared(page), ['Consumer', 'West', 'Corporate'])
  await page.locator('.chip', { hasText: 'West' }).click()
  await page.waitForURL((url) => url.searchParams.getAll('ids').length === 2)
  t.same(await compared(page), ['Consumer', 'Corporate'])
})

t.test('what is ticked stays ticked while others are searched for', async (t) => {
  const page = await shop.as(t, 'staff')
  await page.goto('/groups')
  await tick(page, 'Corporate')
  await page.getByLabel('Search groups').fill('west')
  await page.waitForURL(/q=west/)
  await page.getByRole('link', { name: 'Consumer', exact: true }).waitFor({ state: 'detached' })
  await tick(page, 'West')
  await page.getByRole('button', { name: 'Compare' }).click()
  await heading(page, 'Compare')
  t.same(await compared(page), ['Corporate', 'West'])
  await page.goBack()
  await heading(page, 'Customer Groups')
})

t.test('a table that was opened stays open when the charts are drawn again', async (t) => {
  await workOutOverview(shop.em.fork(), 3, NOW)
  const page = await shop.as(t, 'staff')
  await page.goto('/groups/3')
  await page.getByText('As a table').first().click()
  const drawnAgain = page.waitForResponse('**/groups/3')
  await page.evaluate(
    "htmx.trigger('#figures', 'load'); htmx.ajax('GET', '/groups/3', { target: '#figures', swap: 'outerMorph' })"
  )
  await drawnAgain
  await page.waitForTimeout(200)
  t.ok(await page.getByRole('cell', { name: /^\d+$/ }).first().isVisible())
})

t.test('what is old on an Overview brings itself up to date, though not while somebody is at it', async (t) => {
  const group = await addGroup(shop.em, 'Garden club')
  const workOut = async () => workOutOverview(shop.em.fork(), group, NOW)
  await workOut()
  await addCustomers(shop.em, ['Fern', 'Moss', 'Reed'], { group })
  const page = await shop.as(t, 'staff')
  let asked = 0
  page.on('request', () => asked++)
  await page.goto(`/groups/${group}`)
  await page.getByText('Calculating').waitFor()
  await workOut()
  await page.getByText('3 new and 0 lost in 30 days, as of 9:00 AM').waitFor()
  asked = 0
  await page.waitForTimeout(2_500)
  t.equal(asked, 0, 'what is up to date is left alone')

  await addCustomers(shop.em, ['Sedge'], { group })
  await page.reload()
  await page.getByText('1 more since 9:00 AM').waitFor()
  t.match(await page.locator('.subtitle').innerText(), /^4 customers/)
  await page.getByText('As a table').first().click()
  await workOut()
  await addCustomers(shop.em, ['Thyme'], { group })
  await workOut()
  await page.waitForResponse((response) => response.url().endsWith(`/groups/${group}`))
  await page.waitForTimeout(300)
  t.ok(await page.getByText('1 more since 9:00 AM').isVisible(), 'a table that is open stays as it is')
  await page.getByText('As a table').first().click()
  await page.getByText('5 new and 0 lost in 30 days').waitFor()
  t.match(await page.locator('.subtitle').innerText(), /^5 customers/, 'the head counts along')
})

t.test('an answer that comes late does not take the place of what was asked for since', async (t) => {
  await rankPeriod(shop.em.fork(), { groupId: 3, days: 90, shopId: null }, new Date(NOW.getTime() - 10 * 60_000))
  const page = await shop.as(t, 'staff')
  const path = '/groups/3/products?period=90'
  await page.goto(path)
  let release = () => {}
  const sorted = new Promise<void>((resolve) => {
    release = resolve
  })
  const late = page.waitForRequest((request) => request.url().endsWith(path))
  await page.route(`**${path}`, async (route) => {
    await sorted
    await route.continue()
  })
  await late
  await page.getByRole('link', { name: 'Revenue' }).click()
  await page.locator('[aria-sort="descending"]', { hasText: 'Revenue' }).waitFor()
  const answered = page.waitForResponse((response) => response.url().endsWith(path))
  release()
  await answered
  await page.waitForTimeout(300)
  t.ok(await page.locator('[aria-sort="descending"]', { hasText: 'Revenue' }).isVisible())
})
