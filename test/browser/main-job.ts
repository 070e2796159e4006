import { setTimeout as sleep } from 'node:timers/promises'
import type { Locator, Page } from 'playwright-core'
import type { Test } from 'tap'
import type { BrowserShop } from './browser.ts'
import { countFigures, membersByHand, money, number, rankByHand } from './by-hand.ts'

/** 2 March in New York: the day of NOW. */
export const TODAY = '2026-03-02'

/** How somebody works: with a mouse, a finger, the keyboard; with scripts or without. */
export interface Hands {
  press(target: Locator): Promise<void>
  write(field: Locator, text: string): Promise<void>
  choose(field: Locator, label: string): Promise<void>
  hasScript: boolean
}

export const MOUSE: Hands = {
  press: (target) => target.click(),
  write: (field, text) => field.fill(text),
  choose: async (field, label) => void (await field.selectOption({ label })),
  hasScript: true
}
export const FINGER: Hands = { ...MOUSE, press: (target) => target.tap() }
export const MOUSE_WITHOUT_SCRIPT: Hands = { ...MOUSE, hasScript: false }

/**
 * What an outsider who has read the two product documents (docs/features.md) does: makes a primary group and a list, puts customers into both
 * from the group and from the customer, renames the group, reads its tabs, is refused its deletion, and deletes it.
 */
export async function doMainJob(t: Test, shop: BrowserShop, page: Page, hands: Hands, mark: string): Promise<void> {
  const { press, write, choose, hasScript } = hands
  const group = `Regulars ${mark}`
  const list = `Wine evening ${mark}`
  const renamed = `Preferred ${mark}`
  const link = (name: string | RegExp) => main(page).getByRole('link', { name, exact: typeof name === 'string' })
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' })

  t.comment('a primary group')
  await page.goto('/groups')
  await press(link('New Customer Group'))
  await heading(page, 'Create Customer Group')
  const save = button('Save Group')
  if (hasScript) t.equal(await isInactive(save), true, 'Save Group is inactive at first')
  await write(page.getByLabel('Name', { exact: true }), group)
  if (hasScript) t.equal(await isInactive(save), false, 'and active once there is a name')
  await write(page.getByLabel('Description'), 'They come every week.')
  await press(page.locator('label').filter({ hasText: 'Allow manual discounts' }))
  await press(save)
  await heading(page, group)
  await toast(t, page, `${group} was created. Now add customers.`)
  t.match(await page.locator('.policy').innerText(), /Manual discounts allowed/i, 'the till may give discounts')

  t.comment('a list')
  await page.goto('/groups')
  await press(link('New List'))
  await heading(page, 'New List')
  await write(page.getByLabel('List name'), list)
  await press(button('Create List'))
  await heading(page, list)

  t.comment('customers into the group, from the group')
  await openGroup(page, hands, group)
  await press(link('Customer List'))
  await page.getByRole('heading', { name: `No customers in ${group} yet` }).waitFor()
  await press(link('Add Customer').first())
  await heading(page, `Add Customers to ${group}`)
  await pick(t, page, hands, 'aaron', ['Aaron Bergman', 'Aaron Hawkins'])
  await press(button(hasScript ? 'Add 2 to Group' : /^Add( 2)? to Group$/))
  await heading(page, `Move 2 customers to ${group}?`)
  await page.getByText('2 customers selected: 1 from Consumer, 1 from Corporate.').waitFor()
  await press(button('Move 2 customers'))
  await heading(page, group)
  await toast(t, page, `2 customers moved to ${group} (1 from Consumer, 1 from Corporate).`)
  t.same((await names(page)).sort(), ['Aaron Bergman', 'Aaron Hawkins'])

  t.comment('and into the list')
  await openGroup(page, hands, list)
  await press(link('Add Customer'))
  await pick(t, page, hands, 'aaron', ['Aaron Bergman', 'Aaron Hawkins'])
  await press(button(/to Group$/))
  await toast(t, page, `2 customers added to ${list}.`)

  t.comment("from the customer's edit form")
  await openCustomer(page, hands, 'Adam Bellavance')
  await press(link('Edit Customer'))
  await heading(page, 'Edit Customer')
  await choose(page.getByLabel('Primary group'), group)
  await write(page.getByLabel('Find a list'), 'wine')
  if (!hasScript) await press(page.getByRole('button', { name: 'Find' }))
  await press(page.locator('.option').filter({ hasText: list }))
  await press(button('Save Changes'))
  await heading(page, 'Adam Bellavance')
  await toast(t, page, `Saved. Adam Bellavance moved from Home Office to ${group}.`)
  const groups = page.locator('.card').filter({ has: page.getByRole('heading', { name: 'Groups' }) })
  t.match(await groups.innerText(), new RegExp(`${group}[\\s\\S]*${list}`), 'the customer is in both')

  t.comment('renamed')
  await openGroup(page, hands, group)
  await press(link('Edit'))
  await page.getByRole('heading', { name: 'Edit Customer Group' }).waitFor()
  t.equal(
    await page.locator('dialog[open]').count(),
    hasScript ? 1 : 0,
    'in a window of its own where there are scripts'
  )
  await write(page.getByLabel('Name', { exact: true }), renamed)
  await press(button('Save Changes'))
  await heading(page, renamed)
  await toast(t, page, `${renamed} was saved.`)

  t.comment('the three tabs, with figures as counted by hand')
  await readTabs(t, shop, page, hands, renamed)

  t.comment('one is removed')
  await press(link('Customer List'))
  const row = page.getByRole('row').filter({ hasText: 'Aaron Hawkins' })
  await press(row.getByRole('link', { name: 'Quick settings for Aaron Hawkins' }))
  await press(button('Remove from group'))
  await toast(t, page, `Aaron Hawkins was removed from ${renamed} and moved to Default.`)
  t.same((await names(page)).sort(), ['Aaron Bergman', 'Adam Bellavance'])

  t.comment('not deleted while it holds customers, then with them moved')
  await press(page.locator('.page-head summary'))
  await press(page.getByRole('link', { name: 'Delete Group' }))
  await page.getByRole('heading', { name: `Delete ${renamed}?` }).waitFor()
  await page.getByText(`still in ${renamed}, so it can’t be deleted yet`).waitFor()
  await press(button('Move 2 customers to Default and delete'))
  await heading(page, 'Customer Groups')
  await toast(t, page, `${renamed} was deleted. 2 customers moved to Default.`)
  t.equal(await main(page).getByRole('link', { name: renamed }).count(), 0)

  t.comment('a list goes with its memberships')
  await openGroup(page, hands, list)
  await press(page.locator('.page-head summary'))
  await press(page.getByRole('link', { name: 'Delete List' }))
  await press(button(`Delete ${list}`))
  await toast(t, page, `${list} was deleted. 3 customers were on it.`)
}

/** Reads Overview, Customer List and Product Ranking of the group whose page is open. */
export async function readTabs(t: Test, shop: BrowserShop, page: Page, { press }: Hands, group: string): Promise<void> {
  const link = (name: string) => main(page).getByRole('link', { name, exact: true })
  const counted = await countFigures(shop, group)
  await press(link('Overview'))
  await current(page, 'Overview')
  t.same(await stats(page), {
    Customers: number(counted.customers),
    'Avg. total spend': counted.average === null ? '—' : money(counted.average),
    'Top selling product': counted.top ?? '—'
  })
  t.match(
    await page.locator('.stats').innerText(),
    counted.units ? `${number(counted.units)} units` : 'nothing sold yet'
  )

  await press(link('Customer List'))
  await current(page, 'Customer List')
  t.same(await cells(page, 8), await membersByHand(shop, group, TODAY))

  await press(link('Product Ranking'))
  await current(page, 'Product Ranking')
  const ranked = await rankByHand(shop, group)
  t.same(
    await cells(page, 5),
    ranked.map(({ name, sku, units, revenue, buyers }, at) => [
      String(at + 1),
      `${name} ${sku}`.replace(/\s+/g, ' '),
      number(units),
      money(revenue),
      `${number(buyers)} (${percent(buyers / counted.customers)})`
    ])
  )
}

const percent = (share: number) =>
  new Intl.NumberFormat('en-US', { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(share)

async function stats(page: Page): Promise<Record<string, string>> {
  const all = await page.locator('.stat').all()
  const pairs = await Promise.all(
    all
      .slice(0, 3)
      .map(async (one) => [await one.locator('dt').innerText(), await one.locator('dd').first().innerText()])
  )
  return Object.fromEntries(pairs)
}

/** What the table says, row by row. */
export async function cells(page: Page, columns: number): Promise<string[][]> {
  const texts = await page
    .locator('main tbody tr')
    .evaluateAll((rows) =>
      rows.map((row) =>
        [...row.querySelectorAll('td')].map((cell) => (cell.textContent ?? '').replace(/\s+/g, ' ').trim())
      )
    )
  return texts.map((row) => row.slice(0, columns))
}

export function main(page: Page): Locator {
  return page.getByRole('main')
}

export async function heading(page: Page, name: string): Promise<void> {
  await main(page).getByRole('heading', { level: 1, name, exact: true }).waitFor()
}

async function current(page: Page, tab: string): Promise<void> {
  await page.locator('.tabs [aria-current=page]').filter({ hasText: tab }).waitFor()
}

export async function toast(t: Test, page: Page, text: string): Promise<void> {
  const found = page.locator('.toast p')
  await found.waitFor()
  t.equal(await found.innerText(), text)
}

/** The names in the list, top to bottom. */
export async function names(page: Page): Promise<string[]> {
  return page.locator('main tbody .name a').allInnerTexts()
}

/** As a screen reader and a hand find it: disabled in one way or the other. */
export async function isInactive(button: Locator): Promise<boolean> {
  return button.isDisabled()
}

export async function openGroup(page: Page, { press }: Hands, name: string): Promise<void> {
  await page.goto(`/groups?q=${encodeURIComponent(name)}`)
  await press(main(page).getByRole('link', { name, exact: true }))
  await heading(page, name)
}

export async function openCustomer(page: Page, { press, write, hasScript }: Hands, name: string): Promise<void> {
  await page.goto('/customers')
  await write(page.getByLabel('Search for customers'), name)
  if (!hasScript) await press(page.getByRole('button', { name: 'Search' }))
  await page.waitForURL(/[?&]q=/)
  await press(main(page).getByRole('link', { name, exact: true }))
  await heading(page, name)
}

/** Searches for customers to add, and ticks some of those found. */
export async function pick(
  t: Test,
  page: Page,
  { press, write, hasScript }: Hands,
  q: string,
  wanted: string[]
): Promise<void> {
  await write(page.getByLabel('Search for customers'), q)
  if (!hasScript) await press(page.getByRole('button', { name: 'Search' }))
  await page.waitForURL(/[?&]q=/)
  for (const [at, name] of wanted.entries()) {
    const row = page.getByRole('row').filter({ hasText: name })
    await press(row.locator('.tick label'))
    if (hasScript) await page.getByText(`${at + 1} selected`).waitFor()
    t.equal(await row.getByRole('checkbox', { name }).isChecked(), true)
  }
}

const LONGEST_MS = 15_000

/** Waits for what no element of the page can tell. */
export async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
  for (const began = Date.now(); !(await isSo()); await sleep(25)) {
    if (Date.now() - began > LONGEST_MS) throw new Error(`It never came true that ${what}`)
  }
}
