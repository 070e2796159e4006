import { sql } from 'kysely'
import type { Page } from 'playwright-core'
import t from 'tap'
import { openShop, PHONE } from './browser.ts'
import { heading, main } from './main-job.ts'

const shop = await openShop(t)
const TERMINAL = { viewport: { width: 1024, height: 768 }, hasTouch: true }

const box = (page: Page, name: string) => page.getByRole('checkbox', { name, exact: true })
const boxes = (page: Page) => page.locator('tbody .tick label')
const selected = (page: Page, number: number | string) =>
  page.getByText(`${number} selected`, { exact: true }).waitFor()

async function choose(page: Page, label: RegExp): Promise<void> {
  await page.locator('.tick summary').click()
  await page.getByRole('button', { name: label }).click()
}

t.test('a manager selects All Pages but two, moves them, and undoes it', async (t) => {
  const page = await shop.as(t, 'manager')
  await page.goto('/groups/3/customers')
  await page.locator('.page-head summary').click()
  await page.getByRole('link', { name: 'Add Existing Customers' }).click()
  await heading(page, 'Add Customers to Consumer')
  await page.getByLabel('Search for customers').fill('c')
  await page.waitForURL(/q=c/)
  await choose(page, /^All Pages/)
  await page.getByText('that match').waitFor()
  const all = Number(/\((\d+)\)/.exec((await page.locator('.tick .menu-panel').textContent()) ?? '')?.[1])
  const found = Number(/(\d+) selected/.exec((await page.locator('.bar').textContent()) ?? '')?.[1])
  t.ok(found > 25 && all > 0)
  await boxes(page).nth(0).click()
  await selected(page, found - 1)
  await page.getByRole('button', { name: 'Next' }).click()
  await page.waitForURL(/after=/)
  t.equal(await page.locator('tbody .tick :checked').count(), await boxes(page).count(), 'the next page is ticked')
  await boxes(page).nth(1).click()
  await selected(page, found - 2)
  await page.getByLabel('Search for customers').fill('')
  await page.waitForURL((url) => !url.searchParams.has('q'))
  await selected(page, found - 2)
  await page.getByRole('button', { name: `Add ${found - 2} to Group` }).click()
  await heading(page, `Move ${found - 2} customers to Consumer?`)
  await page.getByRole('button', { name: `Move ${found - 2} customers` }).click()
  await heading(page, 'Consumer')
  await page.getByText(`${found - 2} customers moved to Consumer (`).waitFor()
  await page.goBack()
  await heading(page, 'Add Customers to Consumer')
  await selected(page, 0)
  await page.goto('/activity')
  await main(page)
    .getByRole('button', { name: /^Undo moving customers to Consumer/ })
    .first()
    .click()
  await page.getByText(`Undone: ${found - 2} customers moved back`).waitFor()
})

t.test('Shift selects a range, by mouse and by keyboard', async (t) => {
  const page = await shop.as(t, 'manager')
  await page.goto('/groups/6/add')
  const add = page.getByRole('button', { name: 'to Group' })
  t.ok(await add.isDisabled(), 'inactive until somebody is selected')
  await boxes(page).nth(1).click()
  await boxes(page)
    .nth(4)
    .click({ modifiers: ['Shift'] })
  await selected(page, 4)
  t.ok(await add.isEnabled())
  await page.locator('tbody .tick input').nth(8).focus()
  await page.keyboard.press('Space')
  await selected(page, 5)
  await page.locator('tbody .tick input').nth(11).focus()
  await page.keyboard.down('Shift')
  await page.keyboard.press('Space')
  await page.keyboard.up('Shift')
  await selected(page, 8)
  await page.locator('tbody .tick input').nth(11).focus()
  await page.keyboard.press('Space')
  await page.keyboard.press('Space')
  await page.keyboard.press('Space')
  await selected(page, 7)
  await page.reload()
  await selected(page, 7)
  t.equal(await page.locator('tbody .tick :checked').count(), 7, 'the page is as it was left')
})

t.test('the whole job by keyboard alone', async (t) => {
  const page = await shop.as(t, 'manager')
  await page.goto('/groups/6/remove')
  await page.keyboard.press('/')
  await page.keyboard.type('anna')
  await page.waitForURL(/q=anna/)
  await page.locator('.tick summary').focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: /^Remove \d+$/ }).waitFor()
  const label = await page.getByRole('button', { name: /^Remove \d+$/ }).innerText()
  const number = label.split(' ')[1]
  await page.getByRole('button', { name: label }).focus()
  await page.keyboard.press('Enter')
  await page.getByText(`from`).first().waitFor()
  await page.getByText(new RegExp(`^${number} customers? removed from`)).waitFor()
  await page.getByRole('button', { name: 'Undo' }).focus()
  await page.keyboard.press('Enter')
  await page.getByText(/put back into/).waitFor()
  t.pass()
})

t.test('two quick clicks on the button do it once', async (t) => {
  const page = await shop.as(t, 'manager')
  await page.goto('/groups/7/add?q=adam')
  await box(page, 'Adam Hart').check({ force: true })
  await selected(page, 1)
  await page.getByRole('button', { name: 'Add 1 to Group' }).dblclick()
  await page.getByText(/1 customer added to .*\./).waitFor()
  t.pass()
})

for (const [how, options] of Object.entries({
  'a mouse': {},
  'a finger on a phone': PHONE,
  'a finger on a terminal': TERMINAL,
  'a mouse, JavaScript off,': { javaScriptEnabled: false }
})) {
  t.test(`a second press with ${how} where the first one was moves nobody`, async (t) => {
    const page = await shop.as(t, 'manager', options)
    const press = ({ x, y }: { x: number; y: number }) =>
      options === PHONE || options === TERMINAL ? page.touchscreen.tap(x, y) : page.mouse.click(x, y)
    await page.goto('/groups/3/add?group=Corporate')
    await choose(page, /^All Pages/)
    await page.getByText('that match').waitFor()
    const box = await page.getByRole('button', { name: /^Add \d+ to Group$/ }).boundingBox()
    if (!box) throw new Error('There is no button to press')
    const places = [0.1, 0.5, 0.9].map((part) => ({ x: box.x + box.width * part, y: box.y + box.height / 2 }))
    await press(places[1] ?? box)
    await page.waitForTimeout(300)
    for (const place of places) await press(place)
    const confirm = page.getByRole('button', { name: /^Move \d+ customers$/ })
    await confirm.waitFor()
    await page.waitForTimeout(300)
    for (const place of places) await press(place)
    t.ok(await confirm.isVisible(), 'the question is still there')
    const [left] = await shop.ask(sql`select count(*)::int as n from primary_membership where group_id = 4`)
    t.match(left, { n: Number(/\d+/.exec(await confirm.innerText())?.[0]) })
    await page.getByRole('link', { name: 'Back', exact: true }).click()
    await heading(page, 'Add Customers to Consumer')
    t.match(await page.locator('.bar').innerText(), /\d+ selected/, 'and it leads back to the selection')
  })
}

t.test('the same with JavaScript off', async (t) => {
  const page = await shop.as(t, 'manager', { javaScriptEnabled: false })
  await page.goto('/groups/6/add?q=adam')
  const name = (await page.locator('tbody .name a').first().innerText()).trim()
  await page.getByRole('checkbox', { name }).check({ force: true })
  await page.getByLabel('Search for customers').fill('brad')
  await page.getByRole('button', { name: 'Search' }).click()
  await selected(page, 1)
  await choose(page, /^This Page/)
  const count = (await boxes(page).count()) + 1
  await selected(page, count)
  await page.getByRole('columnheader', { name: 'Location' }).getByRole('button').click()
  await selected(page, count)
  await page.getByRole('button', { name: 'Clear' }).click()
  await selected(page, 0)
  t.equal(await page.locator('tbody .tick :checked').count(), 0)
})
