import t from 'tap'
import { DEMO_PASSWORD } from '../../src/demo/shop.ts'
import { openShop, signIn } from './browser.ts'
import { doMainJob, heading, MOUSE_WITHOUT_SCRIPT, main, names } from './main-job.ts'

const shop = await openShop(t)
const OFF = { javaScriptEnabled: false }

t.test('a manager does the main job with JavaScript off', async (t) => {
  const page = await shop.visit(t, OFF)
  await page.goto('/')
  await signIn(page, 'manager', MOUSE_WITHOUT_SCRIPT)
  await heading(page, 'Customer Groups')
  await doMainJob(t, shop, page, MOUSE_WITHOUT_SCRIPT, 'without scripts')
})

t.test('lists are searched, filtered, sorted and paged by links and buttons', async (t) => {
  const page = await shop.as(t, 'staff', OFF)
  await page.goto('/customers')
  const first = await names(page)
  await page.getByRole('link', { name: 'Next' }).click()
  await page.getByText('26 to 50 of 793').waitFor()
  t.equal(
    (await names(page)).some((name) => first.includes(name)),
    false,
    'the next page shows others'
  )
  await page.getByRole('link', { name: 'Previous' }).click()
  await page.getByText('1 to 25 of 793').waitFor()
  t.same(await names(page), first)
  await page.getByRole('link', { name: 'Filter' }).click()
  await page.getByLabel('Location').fill('Seattle')
  await page.getByRole('button', { name: 'Show customers', exact: true }).click()
  await page.getByRole('link', { name: 'Location: Seattle' }).waitFor()
  t.same([...new Set(await page.locator('td[data-label=Location]').allInnerTexts())], ['Seattle'])
  await page.getByRole('columnheader', { name: 'Total spent' }).getByRole('link').click()
  await page.locator('th[aria-sort=descending]', { hasText: 'Total spent' }).waitFor()
  t.match(page.url(), /location=Seattle.*sort=spent/, 'the filter is kept')
})

t.test('a mistake in a form is shown by its field, and what was typed stays', async (t) => {
  const page = await shop.as(t, 'manager', { ...OFF, allow: [422] })
  await page.goto('/groups/new')
  await page.getByLabel('Description').fill('For nobody')
  await page.getByRole('button', { name: 'Save Group' }).click()
  await page.getByRole('alert').getByText('There is a problem').waitFor()
  await page.getByRole('link', { name: 'Enter a name for the group.' }).click()
  t.equal(await page.locator(':focus, :target').first().getAttribute('id'), 'name', 'the summary leads to the field')
  t.equal(await page.getByLabel('Description').inputValue(), 'For nobody')
  await page.getByLabel('Name', { exact: true }).fill(' consumer ')
  await page.getByRole('button', { name: 'Save Group' }).click()
  await main(page).getByRole('link', { name: 'Consumer', exact: true }).waitFor()
})

t.test(
  'the country’s usual settings are a button away, an invitation’s link is text, and no file can be dropped',
  async (t) => {
    const page = await shop.as(t, 'admin', OFF)
    await page.goto('/settings')
    await page.getByLabel('Country').selectOption('Vietnam')
    await page.getByRole('button', { name: 'Use this country’s usual settings' }).click()
    t.equal(await page.getByLabel('Time zone').inputValue(), 'Asia/Ho_Chi_Minh')
    await page.goto('/settings')
    await page.getByLabel('Shop name').press('Enter')
    await page.getByText('The settings are saved.').waitFor()
    await page.goto('/staff')
    await page.locator('tbody .menu summary').last().click()
    await page.getByRole('button', { name: 'Reset password' }).last().click()
    t.match(await page.locator('#link').innerText(), /^http.*\/link\/[\w-]{43}$/)
    for (const name of ['Copy', 'Share']) t.equal(await page.getByRole('button', { name }).isVisible(), false, name)
    await page.goto('/groups/3/import')
    t.equal(await page.getByText('drop a file').isVisible(), false)
  }
)

t.test('a shop is found, and a key of its till is made, shown as text and ended', async (t) => {
  const page = await shop.as(t, 'admin', OFF)
  await page.goto('/settings/tills')
  await page.getByRole('link', { name: 'High Street' }).click()
  await page.getByRole('link', { name: 'Till 2' }).click()
  await main(page).getByRole('link', { name: 'Make a key' }).click()
  await page.getByRole('button', { name: 'Make a key' }).click()
  const key = await page.locator('#key').innerText()
  t.match(key, /^clt_[\w-]{43}$/)
  t.equal(await page.getByRole('button', { name: 'Copy' }).isVisible(), false)
  await page.getByRole('link', { name: 'Done' }).click()
  await page.getByRole('link', { name: `End the key …${key.slice(-4)}` }).click()
  await page.getByRole('button', { name: 'End the key' }).click()
  await page.getByText(`The key …${key.slice(-4)} was ended.`).waitFor()
  await page.getByText('Till Options').click()
  await page.getByRole('button', { name: 'Close till' }).click()
  await page.getByText('This till is closed.').waitFor()
})

t.test('two touches and a password change who is signed in', async (t) => {
  const page = await shop.as(t, 'staff', OFF)
  await page.goto('/groups')
  await page.getByRole('button', { name: 'Switch user' }).click()
  await signIn(page, 'manager', MOUSE_WITHOUT_SCRIPT)
  await page.getByRole('button', { name: 'Switch user' }).click()
  await page.getByRole('link', { name: 'Sam Cole' }).click()
  await page.getByLabel('Password').fill(DEMO_PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('link', { name: 'Sam Cole' }).waitFor()
})

t.test('somebody signs out', async (t) => {
  const page = await shop.as(t, 'staff', OFF)
  await page.goto('/groups')
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByText('You are signed out.').waitFor()
  await page.goto('/customers')
  t.match(page.url(), /\/sign-in\?next=%2Fcustomers/)
})
