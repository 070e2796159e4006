import { join } from 'node:path'
import { sql } from 'kysely'
import type { Page } from 'playwright-core'
import t from 'tap'
import { DEMO_PASSWORD } from '../../src/demo/shop.ts'
import { openShop } from './browser.ts'
import { heading, main } from './main-job.ts'

const shop = await openShop(t)
const endSessions = () => shop.ask(sql`delete from session`)

/** At the page that stands in place of what the form would have led to. */
async function signInAgain(page: Page): Promise<void> {
  await page.getByText('You were signed out. Nothing you typed is lost').waitFor()
  await page.getByLabel('E-mail').fill('manager@demo.test')
  await page.getByLabel('Password').fill(DEMO_PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await heading(page, 'You are signed in again')
  await page.getByRole('button', { name: 'Continue' }).click()
}

for (const javaScriptEnabled of [true, false]) {
  t.test(`what was typed outlives a session, JavaScript ${javaScriptEnabled ? 'on' : 'off'}`, async (t) => {
    const page = await shop.as(t, 'manager', { javaScriptEnabled, allow: [401] })
    const name = `O’Neill ${javaScriptEnabled}`
    await page.goto('/customers/new')
    await page.getByLabel('First name').fill('Zoë "Z"')
    await page.getByLabel('Last name').fill(name)
    await page.getByLabel('E-mail').fill(`zoe.${javaScriptEnabled}@example.com`)
    await page.getByLabel('Big spenders').check({ force: true })
    await page.getByLabel('West', { exact: true }).check({ force: true })
    await endSessions()
    await page.getByRole('button', { name: 'Save Customer' }).click()
    await signInAgain(page)
    await heading(page, `Zoë "Z" ${name}`)
    await main(page).getByRole('link', { name: 'Big spenders, 90 days' }).first().waitFor()
    await main(page).getByRole('link', { name: 'West', exact: true }).first().waitFor()
  })
}

t.test('a form in a window too', async (t) => {
  const page = await shop.as(t, 'manager', { allow: [401] })
  await page.goto('/groups/3')
  await main(page).getByRole('link', { name: 'Edit', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Description').fill('Two\nlines & <more>')
  await endSessions()
  await dialog.getByRole('button', { name: 'Save Changes' }).click()
  await signInAgain(page)
  await page.waitForURL('**/groups/3')
  await main(page).getByRole('definition').filter({ hasText: 'lines & <more>' }).waitFor()
})

t.test('ticks in a picker are there again', async (t) => {
  const page = await shop.as(t, 'manager', { allow: [401] })
  await page.goto('/groups/3/add?q=adam')
  const boxes = page.locator('tbody .tick label')
  await boxes.nth(0).click()
  await page.getByText('1 selected').waitFor()
  await endSessions()
  await boxes.nth(1).click()
  await signInAgain(page)
  await page.getByText('2 selected').waitFor()
  t.match(page.url(), /q=adam/)
})

for (const javaScriptEnabled of [true, false]) {
  t.test(`a large file leads to the sign-in and back, JavaScript ${javaScriptEnabled ? 'on' : 'off'}`, async (t) => {
    const page = await shop.as(t, 'manager', { javaScriptEnabled })
    await page.goto('/groups/3/import')
    await endSessions()
    const folder = t.testdir({ 'large.csv': 'First Name,Email\n'.padEnd(20_000_000, 'Ann,a@example.org\n') })
    await page.getByLabel('Browse').setInputFiles(join(folder, 'large.csv'))
    if (!javaScriptEnabled) await page.getByRole('button', { name: 'Upload' }).click()
    await page.getByLabel('Password').waitFor()
    t.match(page.url(), /next=%2Fgroups%2F3%2Fimport/)
  })
}
