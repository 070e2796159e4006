import { sql } from 'kysely'
import type { Page } from 'playwright-core'
import t from 'tap'
import { openShop, signIn } from './browser.ts'
import {
  cells,
  doMainJob,
  heading,
  isInactive,
  MOUSE,
  main,
  names,
  openCustomer,
  openGroup,
  readTabs,
  toast,
  until
} from './main-job.ts'

const shop = await openShop(t)

t.test('a manager does the main job with the mouse', async (t) => {
  const page = await shop.visit(t)
  await page.goto('/')
  t.match(page.url(), /\/sign-in/, 'is asked to sign in')
  await signIn(page, 'manager', MOUSE)
  await heading(page, 'Customer Groups')
  await doMainJob(t, shop, page, MOUSE, 'by mouse')
})

t.test('staff find customers and put them into groups, but into none that lets a till do more', async (t) => {
  const page = await shop.visit(t, { allow: [403] })
  await page.goto('/customers')
  await signIn(page, 'staff', MOUSE, '/customers')
  await heading(page, 'Customers')
  t.equal(
    await page.getByRole('link', { name: 'Settings', exact: true }).count(),
    0,
    'what they may not do is not shown'
  )

  await openGroup(page, MOUSE, 'Corporate')
  t.equal(
    await main(page)
      .getByRole('link', { name: /Add Customer|Edit/ })
      .count(),
    0,
    'nor here'
  )
  await page.goto('/groups/4/add')
  await heading(page, 'Not allowed')

  await openGroup(page, MOUSE, 'Home Office')
  await main(page).getByRole('link', { name: 'Add Customer' }).click()
  await main(page).getByLabel('Search for customers').fill('(540) 555-0125')
  await page.waitForURL(/q=/)
  await main(page).getByRole('row').filter({ hasText: 'Adam Shillingsburg' }).locator('.tick label').click()
  await page.getByRole('button', { name: 'Add 1 to Group' }).click()
  await page.getByText('1 customer selected, from Consumer.').waitFor()
  await page.getByRole('button', { name: 'Move 1 customer' }).click()
  await toast(t, page, '1 customer moved from Consumer to Home Office.')
  t.equal(await page.getByRole('button', { name: 'Undo' }).count(), 0, 'undoing is for managers')

  await openCustomer(page, MOUSE, 'Adam Shillingsburg')
  await main(page).getByRole('link', { name: 'Edit Customer' }).click()
  const choices = await page.getByLabel('Primary group').locator('option').allInnerTexts()
  t.equal(choices.includes('Corporate'), false, 'nor can they choose it in the form')
})

t.test('a manager reads the tabs of the demo’s groups, which hold what was counted by hand', async (t) => {
  const page = await shop.as(t, 'manager')
  for (const group of ['Corporate', 'West']) {
    await openGroup(page, MOUSE, group)
    await readTabs(t, shop, page, MOUSE, group)
  }
})

t.test('Discard resets the form, and Save Group is inactive again', async (t) => {
  const page = await shop.as(t, 'manager')
  await page.goto('/groups/new')
  const name = page.getByLabel('Name', { exact: true })
  const discount = page.getByRole('switch', { name: 'Allow manual discounts' })
  await name.fill('Somebody')
  await page.locator('label').filter({ hasText: 'Allow manual discounts' }).click()
  t.equal(await discount.isChecked(), true)
  t.equal(await isInactive(page.getByRole('button', { name: 'Save Group' })), false)
  await page.getByRole('button', { name: 'Discard' }).click()
  await page.locator('button.primary[aria-disabled=true]').waitFor()
  t.same([await name.inputValue(), await discount.isChecked()], ['', false])
  await name.fill('   ')
  t.equal(await isInactive(page.getByRole('button', { name: 'Save Group' })), true, 'a name of spaces is none')
  await page.getByRole('button', { name: 'Save Group' }).click({ force: true })
  await page.getByRole('alert').getByText('Enter the name.').waitFor()
  t.equal(await page.locator(':focus').getAttribute('id'), 'name', 'a press says why, at the field')
  await name.fill('Somebody')
  t.equal(await page.getByRole('alert').count(), 0, 'until it is mended')
})

t.test('a group is renamed at its own address too, and not to a name that is taken', async (t) => {
  const page = await shop.as(t, 'manager', { allow: [422] })
  const [made] = await shop.ask(
    sql<{ id: number }>`insert into customer_group (kind, name) values ('list', 'Gardeners') returning id`
  )
  await page.goto(`/groups/${made?.id}/edit`)
  await heading(page, 'Edit List')
  await page.getByLabel('Name', { exact: true }).fill(' CONSUMER ')
  await page.getByRole('button', { name: 'Save Changes' }).click()
  await page.locator('.error-summary').getByText('Consumer').waitFor()
  t.equal(await page.getByLabel('Name', { exact: true }).inputValue(), ' CONSUMER ', 'what was typed stays')
  await page.getByRole('link', { name: 'Discard' }).click()
  await page.locator('.error-summary').waitFor({ state: 'detached' })
  t.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Gardeners', 'until it is discarded')
  await page.getByLabel('Name', { exact: true }).fill('People with gardens')
  await page.getByRole('button', { name: 'Save Changes' }).click()
  await heading(page, 'People with gardens')
})

t.test('a list is searched while one types, filtered, sorted and paged, and Back brings all of it back', async (t) => {
  const page = await shop.as(t, 'staff')
  await page.goto('/customers')
  await page.getByText('1 to 25 of 793').waitFor()

  await page.getByLabel('Search for customers').pressSequentially('ann')
  await page.getByText(/ of 2\d$/).waitFor()
  t.match(page.url(), /\?q=ann$/)
  t.equal(
    (await names(page)).every((name) => /ann/i.test(name)),
    true,
    (await names(page)).join()
  )
  await page.getByLabel('Search for customers').fill('')
  await page.getByText('1 to 25 of 793').waitFor()

  await page.getByRole('link', { name: 'Filter', exact: true }).click()
  await page.getByLabel('Group', { exact: true }).fill('Consumer')
  await page.getByLabel('Total spent from').fill('500')
  await page.getByRole('button', { name: 'Show customers', exact: true }).click()
  await page.getByRole('link', { name: 'Total spent: $500.00 or more' }).waitFor()
  const [rich] = await shop.ask(sql<{ count: number }>`
    select count(*)::int as count from customer_totals join primary_membership using (customer_id) where group_id = 3 and spent >= 500
  `)
  await page.getByText(`1 to 25 of ${rich?.count}`).waitFor()

  const spent = async () => (await cells(page, 8)).map((row) => Number(row[6]?.replace(/[$,]/g, '')))
  await page.getByRole('columnheader', { name: 'Total spent' }).getByRole('link').click()
  await page.locator('th[aria-sort=descending]', { hasText: 'Total spent' }).waitFor()
  const largest = await spent()
  t.same(
    largest,
    [...largest].sort((a, b) => b - a)
  )
  await page.getByRole('link', { name: 'Next' }).click()
  await page.getByText(`26 to 50 of ${rich?.count}`, { exact: true }).waitFor()
  const second = await spent()
  t.ok((second[0] ?? 0) <= (largest.at(-1) ?? 0), 'the second page goes on where the first ends')

  const before = { url: page.url(), names: await names(page) }
  const wanted = before.names[12] ?? ''
  const row = main(page).getByRole('link', { name: wanted, exact: true })
  await page.evaluate('scrollTo(0, 400)')
  const scroll = await scrolled(page)
  t.ok(scroll > 0, 'the list is longer than the window')
  await row.click()
  await heading(page, wanted)
  await page.goBack()
  await heading(page, 'Customers')
  t.same({ url: page.url(), names: await names(page) }, before)
  await until(async () => Math.abs((await scrolled(page)) - scroll) < 2, 'the list is scrolled to where it was')

  await page.goBack()
  await page.getByText(`1 to 25 of ${rich?.count}`).waitFor()
  t.same(await spent(), largest, 'Back once more: the first page, still filtered and sorted')

  await page.getByRole('link', { name: 'Total spent: $500.00 or more' }).click()
  await page.getByText('1 to 25 of 40').waitFor()
  t.equal(await page.locator('.chips li').count(), 1, 'a chip takes its own condition away')
  await page.getByRole('link', { name: 'Clear', exact: true }).click()
  await page.getByText('1 to 25 of 793').waitFor()
})

t.test('ticks made while the page is being fetched are not lost', async (t) => {
  const page = await shop.as(t, 'manager')
  await page.goto('/groups/6/add?q=anna')
  const letGo = await holdBack(page, /groups\/6\/add$/)
  const ticks = page.locator('tbody .tick label')
  const asked = page.waitForRequest(isPost)
  await ticks.nth(0).click()
  await asked
  await ticks.nth(1).click()
  letGo()
  await page.getByRole('button', { name: 'Add 2 to Group' }).waitFor()
  t.equal(await page.getByRole('checkbox', { checked: true }).count(), 2)
})

t.test('nor are those made while a search is under way', async (t) => {
  const page = await shop.as(t, 'manager')
  await page.goto('/groups/6/add?q=aaron')
  let letGo = await holdBack(page, /groups\/6\/add$/)
  let asked = page.waitForRequest(isPost)
  await page.getByLabel('Search for customers').fill('adam')
  await asked
  await page.getByRole('row').filter({ hasText: 'Aaron Hawkins' }).locator('.tick label').click()
  letGo()
  await page.getByRole('row').filter({ hasText: 'Adam Hart' }).waitFor()
  await page.getByRole('button', { name: 'Add 1 to Group' }).waitFor()
  t.equal(await page.getByRole('checkbox', { name: 'Aaron Hawkins' }).isChecked(), true, 'who is ticked stays in sight')

  await page.goto('/customers/50/edit')
  const list = page.getByRole('checkbox', { name: 'Big spenders, 90 days' })
  letGo = await holdBack(page, /listsQuery=furn/)
  asked = page.waitForRequest(/listsQuery=furn/)
  await page.getByLabel('Find a list').fill('furn')
  await asked
  t.equal(await list.isChecked(), false)
  await page.locator('.option').filter({ hasText: 'Big spenders' }).click()
  letGo()
  await page.getByRole('checkbox', { name: 'West' }).waitFor({ state: 'detached' })
  t.equal(await list.isChecked(), true)
})

t.test('whoever leaves while a search is under way is not told that the server is away', async (t) => {
  const page = await shop.as(t, 'staff')
  await page.addInitScript(`new MutationObserver(() => {
    if (document.querySelector('#flash .error')) sessionStorage.blamed = document.querySelector('#flash').textContent
  }).observe(document, { childList: true, subtree: true })`)
  await page.goto('/customers')
  await page.route('**/customers?q=*', () => {})
  const asked = page.waitForRequest(/\?q=/)
  await page.getByLabel('Search for customers').fill('a')
  await asked
  await page.getByRole('link', { name: 'Customer Groups' }).click()
  await heading(page, 'Customer Groups')
  t.equal(await page.evaluate('sessionStorage.blamed'), undefined)
})

t.test('the last letter typed decides, however slow the answers are', async (t) => {
  const page = await shop.as(t, 'staff')
  await page.goto('/customers')
  const letGo = await holdBack(page, /customers\?q=/)
  const box = page.getByLabel('Search for customers')
  for (const q of ['a', 'an', 'ann', 'anna c']) {
    const asked = page.waitForRequest((request) => new URL(request.url()).searchParams.get('q') === q)
    await box.fill(q)
    await asked
  }
  letGo()
  await page.waitForURL(/q=anna\+c|q=anna%20c/)
  t.same(await names(page), ['Anna Chung'])
})

t.test('of two who edit one group the second is told, and loses nothing', async (t) => {
  const first = await shop.as(t, 'manager', { allow: [409] })
  await shop.ask(sql`insert into customer_group (kind, name) values ('primary', 'Neighbours')`)
  const second = await first.context().newPage()
  for (const page of [first, second]) {
    await openGroup(page, MOUSE, 'Neighbours')
    await main(page).getByRole('link', { name: 'Edit', exact: true }).click()
  }
  await first.getByLabel('Name', { exact: true }).fill('Neighbours and friends')
  await first.getByRole('button', { name: 'Save Changes' }).click()
  await heading(first, 'Neighbours and friends')
  await second.getByLabel('Description').fill('From our street.')
  await second.getByRole('button', { name: 'Save Changes' }).click()
  const told = second.locator('.conflict')
  await told.waitFor()
  t.match(
    await told.innerText(),
    /Their version, saved[\s\S]*Neighbours and friends[\s\S]*Your version, not saved[\s\S]*From our street\./
  )
  t.equal(await second.getByLabel('Description').inputValue(), 'From our street.')
  await second.getByRole('button', { name: 'Save Changes' }).click()
  await toast(t, second, 'Neighbours was saved.')
  await main(second).getByRole('definition').getByText('From our street.').waitFor()
})

t.test('two clicks on Save make one group', async (t) => {
  const page = await shop.as(t, 'manager')
  await page.goto('/groups/new?kind=list')
  await page.getByLabel('List name').fill('Clicked twice')
  await page.getByRole('button', { name: 'Create List' }).dblclick()
  await heading(page, 'Clicked twice')
  const made = await shop.ask(sql`select 1 from customer_group where name = 'Clicked twice'`)
  t.equal(made.length, 1)
})

t.test('an admin changes the settings, and invites a colleague, who signs in', async (t) => {
  const page = await shop.visit(t)
  await page.goto('/settings')
  await signIn(page, 'admin', MOUSE, '/settings')
  await heading(page, 'Settings')
  await page.getByLabel('Shop name').fill('Corner Superstore')
  const chosen = () =>
    Promise.all(['Time zone', 'Numbers and dates'].map((label) => page.getByLabel(label).inputValue()))
  await page.getByLabel('Country').selectOption('India')
  t.same(await chosen(), ['Asia/Kolkata', 'en-IN'], 'the country brings its usual settings')
  t.equal(await page.locator('[name=currency]').inputValue(), 'USD', 'but for the currency, as there are sales')
  await page.getByLabel('Country').selectOption('United States')
  await page.getByLabel('Time zone').selectOption('America/Chicago')
  await page.getByRole('button', { name: 'Save Changes' }).click()
  await toast(t, page, 'The settings are saved.')
  t.equal(await page.title(), 'Settings – Corner Superstore', 'at once, without a restart')
  t.equal(await page.getByLabel('Time zone').inputValue(), 'America/Chicago')

  await page.getByRole('link', { name: 'Staff', exact: true }).click()
  await page.getByRole('link', { name: 'Invite' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Lee Park')
  await page.getByLabel('E-mail').fill('Lee@Demo.test')
  await page
    .locator('label')
    .filter({ hasText: 'Moves many customers' })
    .or(page.locator('label', { hasText: 'Manager' }))
    .first()
    .click()
  await page.getByRole('button', { name: 'Create invitation link' }).click()
  const link = await page.locator('#link').innerText()
  t.equal(await page.getByRole('button', { name: 'Share' }).isVisible(), false, 'this browser can’t share')
  await page.getByRole('button', { name: 'Copy' }).click()
  await page.getByRole('status').getByText('Copied', { exact: true }).waitFor()
  await page.goto('/customers')
  await page.getByLabel('Search for customers').focus()
  await page.keyboard.press('Control+V')
  t.equal(await page.getByLabel('Search for customers').inputValue(), link)

  const theirs = await shop.visit(t, { allow: [404] })
  await theirs.goto(link)
  await heading(theirs, 'Choose a password')
  await theirs.getByLabel('Password').fill('otter')
  await theirs.getByRole('button', { name: 'Save and sign in' }).click({ force: true })
  await theirs.getByRole('alert').getByText('Enter a password of at least 12 characters.').waitFor()
  await theirs.getByLabel('Password').fill('otter lantern basalt quilt')
  await theirs.getByRole('button', { name: 'Save and sign in' }).click()
  await heading(theirs, 'Customer Groups')
  await theirs.getByRole('link', { name: 'New Customer Group' }).waitFor()
  await theirs.goto(link)
  await heading(theirs, 'Not found')

  await page.goto('/staff')
  t.match(await page.getByRole('row').filter({ hasText: 'lee@demo.test' }).innerText(), /Manager[\s\S]*Active/)
})

t.test('an admin adds a shop and a till, whose key is copied, and ended', async (t) => {
  const page = await shop.as(t, 'admin', { allow: [422] })
  await page.goto('/settings')
  await page.getByRole('link', { name: 'Shops and tills' }).click()
  await page.getByRole('link', { name: 'Add shop' }).click()
  await page.getByLabel('Shop name').fill('Airport')
  await page.getByRole('button', { name: 'Add shop' }).click()
  await page.getByRole('link', { name: 'Add the first till' }).click()
  await page.getByLabel('Till name').fill('1')
  await page.getByRole('button', { name: 'Add till' }).click()
  await heading(page, 'Till 1')
  await main(page).getByRole('link', { name: 'Make a key' }).click()
  for (const box of await page.getByRole('checkbox').all()) await box.uncheck()
  await page.getByRole('button', { name: 'Make a key' }).click()
  await page.getByRole('alert').getByText('Tick at least one.').waitFor()
  await page.getByLabel('Record sales').check()
  await page.getByRole('button', { name: 'Make a key' }).dblclick()
  const key = await page.locator('#key').innerText()
  t.match(key, /^clt_[\w-]{43}$/)
  await page.getByRole('button', { name: 'Copy' }).click()
  await page.getByRole('status').getByText('Copied', { exact: true }).waitFor()
  await page.getByRole('link', { name: 'Done' }).click()
  const hint = `…${key.slice(-4)}`
  t.match(
    await page.getByRole('row').filter({ hasText: hint }).innerText(),
    /Record sales[\s\S]*by Ana Ruiz[\s\S]*never/
  )
  t.equal(await page.getByRole('row').count(), 2, 'two clicks made one')
  await page.getByRole('link', { name: `End the key ${hint}` }).click()
  await page.locator('#dialog').getByRole('button', { name: 'End the key' }).click()
  await toast(t, page, `The key ${hint} was ended.`)
  await page.getByText('0 valid keys').waitFor()
})

/** Lets no answer to such requests through until the function that it gives is called. */
async function holdBack(page: Page, requests: RegExp): Promise<() => void> {
  let letGo = () => {}
  const held = new Promise<void>((go) => {
    letGo = go
  })
  await page.route(requests, async (route) => {
    await held
    // One that was given up meanwhile has nowhere to go on to.
    await route.continue().catch(() => {})
  })
  return letGo
}

const isPost = (request: { method(): string }) => request.method() === 'POST'

function scrolled(page: Page): Promise<number> {
  return page.evaluate<number>('scrollY')
}
