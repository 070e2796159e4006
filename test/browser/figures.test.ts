import type { Page } from 'playwright-core'
import t from 'tap'
import { workOutOverview } from '../../src/figures/work-out-overview.ts'
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
