import type { Locator, Page } from 'playwright-core'
import t from 'tap'
import { openShop, signIn } from './browser.ts'
import { doMainJob, type Hands, heading, main, openGroup } from './main-job.ts'

const shop = await openShop(t)

/** Whoever has no mouse goes from one thing to the next; far more steps than any page has mean that it can't be reached. */
const MOST_STEPS = 150

async function goTo(target: Locator): Promise<void> {
  const page = target.page()
  await target.waitFor()
  const field = target.locator('input')
  // Looked up once, and when it was replaced: by its name it would be looked up again at every step.
  const find = async () => ((await field.count()) ? field.first() : target).elementHandle()
  let aim = await find()
  for (let step = 0; step < MOST_STEPS; step++) {
    if (!(await aim?.evaluate((one) => one.isConnected))) aim = await find()
    if (await aim?.evaluate((one) => one === one.ownerDocument.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`The Tab key does not lead to ${target}`)
}

const KEYS: Hands = {
  hasScript: true,
  async press(target) {
    await goTo(target)
    const isTicked = await target
      .page()
      .locator(':focus')
      .evaluate((one) => one.matches('[type=checkbox], [type=radio]'))
    await target.page().keyboard.press(isTicked ? 'Space' : 'Enter')
  },
  async write(field, text) {
    await goTo(field)
    await field.page().keyboard.press('Control+A')
    await field.page().keyboard.type(text)
  },
  async choose(field, label) {
    await goTo(field)
    await field.page().keyboard.type(label)
  }
}

t.test('a manager does the main job with the keyboard alone', async (t) => {
  const page = await shop.visit(t)
  await page.goto('/')
  await signIn(page, 'manager', KEYS)
  await heading(page, 'Customer Groups')
  await doMainJob(t, shop, page, KEYS, 'by keys')
})

t.test('the focus begins with a way past the menus, and then goes as one reads', async (t) => {
  const page = await shop.as(t, 'manager')
  await page.goto('/groups')
  const order: string[] = []
  for (let step = 0; step < 18; step++) {
    await page.keyboard.press('Tab')
    order.push(await focused(page))
  }
  t.same(order.slice(0, 14), [
    'Skip to content',
    'Customer Groups',
    'Customers',
    'Till',
    'Activity',
    'To review',
    'Mia Tan Manager',
    'Switch user',
    'Sign out',
    'New List',
    'New Customer Group',
    'Search groups',
    'Kind',
    'Search'
  ])
  t.same(order.slice(14), ['Name', 'Kind', 'Customers', 'Avg. total spend'], 'then the heads of the table')
  await page.goto('/groups')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  t.equal(await focused(page), 'New List', 'past the menus')
})

t.test('/ leads to the search, ? shows the keys, Esc goes back to where one was', async (t) => {
  const page = await shop.as(t, 'staff')
  for (const path of ['/groups', '/customers', '/groups/3/customers', '/groups/3/add']) {
    await page.goto(path)
    await page.keyboard.press('/')
    t.equal(await page.locator(':focus').getAttribute('type'), 'search', path)
    t.equal(await page.locator(':focus').inputValue(), '', 'and the key itself is not typed')
  }
  await page.goto('/groups')
  await goTo(main(page).getByRole('link', { name: 'Consumer', exact: true }))
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keyboard Shortcuts' }).waitFor()
  await page.keyboard.press('Escape')
  await page.locator('dialog[open]').waitFor({ state: 'detached' })
  t.equal(await focused(page), 'Consumer')
})

t.test('? names the keys that there are; in a picker Shift and Space or a click select a range', async (t) => {
  const page = await shop.as(t, 'manager')
  await page.goto('/groups/3/add')
  await page.keyboard.press('?')
  const dialog = page.getByRole('dialog', { name: 'Keyboard Shortcuts' })
  await dialog.waitFor()
  t.same(await dialog.locator('dt').allInnerTexts(), [
    ...['/', '↓ ↑', 'Enter', 'Space', 'Shift Space', 'Shift click', 'Esc', '?']
  ])
  await page.keyboard.press('Escape')
  const boxes = page.locator('tbody .tick input')
  await boxes.nth(1).focus()
  await page.keyboard.press('Space')
  await boxes.nth(4).focus()
  await page.keyboard.press('Shift+Space')
  await page.getByText('4 selected').waitFor()
  await page
    .locator('tbody .tick label')
    .nth(7)
    .click({ modifiers: ['Shift'] })
  await page.getByText('7 selected').waitFor()
})

t.test('a menu opens by its arrow, its items follow, Esc closes it and gives the focus back', async (t) => {
  const page = await shop.as(t, 'manager')
  await page.goto('/groups')
  await goTo(page.getByRole('link', { name: 'Options for Consumer' }))
  await page.keyboard.press('ArrowDown')
  await page.locator('details[open] a:focus').waitFor()
  t.equal(await focused(page), 'Edit Group')
  await page.keyboard.press('ArrowDown')
  t.equal(await focused(page), 'Delete Group')
  await page.keyboard.press('ArrowDown')
  t.equal(await focused(page), 'Edit Group', 'round and round')
  await page.keyboard.press('Escape')
  t.equal(await page.locator('details[open]').count(), 0)
  t.equal(await focused(page), 'Options for Consumer')
  await page.keyboard.press('ArrowUp')
  t.equal(await focused(page), 'Delete Group', 'from its end')
  await page.keyboard.press('Home')
  t.equal(await focused(page), 'Edit Group')
  await page.keyboard.press('End')
  t.equal(await focused(page), 'Delete Group')
})

for (const key of ['Enter', 'Space']) {
  t.test(`${key} opens the quick settings, and the filter, and the focus stays on what opened them`, async (t) => {
    const page = await shop.as(t, 'staff')
    await page.goto('/groups/3/customers')
    for (const name of ['Quick settings for Adrian Barton', 'Filter']) {
      await goTo(page.getByRole('link', { name, exact: true }))
      await page.keyboard.press(key)
      await page.locator('details[open] > summary:focus').waitFor()
      t.equal(await focused(page), name)
      await page.keyboard.press('Tab')
      t.equal(await page.locator('details[open] .menu-panel :focus').count(), 1, 'and goes on to what is in it')
      await page.keyboard.press('Escape')
      t.equal(await page.locator('details[open]').count(), 0)
      t.equal(await focused(page), name)
    }
  })
}

t.test('whoever takes a customer out of a group goes on from the list, or the groups, that are left', async (t) => {
  const page = await shop.as(t, 'manager')
  await page.goto('/groups/3/customers')
  const gear = page.getByRole('link', { name: 'Quick settings for Adrian Barton' })
  await KEYS.press(gear)
  await KEYS.press(page.getByRole('button', { name: 'Remove from group' }))
  await page.getByText('Adrian Barton was removed from Consumer').waitFor()
  t.equal(await page.locator(':focus').getAttribute('id'), 'list')
  await page.keyboard.press('Tab')
  t.equal(await focused(page), 'Name', 'the first that can be pressed in it')

  await page.goto('/customers?q=Adrian+Barton')
  await KEYS.press(main(page).getByRole('link', { name: 'Adrian Barton', exact: true }))
  await KEYS.press(page.getByRole('button', { name: /^Remove from / }).first())
  await page.locator('.toast').waitFor()
  t.equal(await page.locator(':focus').innerText(), 'Groups')
})

t.test('a dialog takes the focus, keeps it, and gives it back', async (t) => {
  const page = await shop.as(t, 'manager')
  await openGroup(page, KEYS, 'Consumer')
  await KEYS.press(main(page).getByRole('link', { name: 'Edit', exact: true }))
  await page.getByRole('dialog', { name: 'Edit Customer Group' }).waitFor()
  t.equal(await focused(page), 'Name', 'on its first field')
  const seen = new Set<string>()
  for (let step = 0; step < 12; step++) {
    await page.keyboard.press('Tab')
    const [name, isInside] = [await focused(page), await page.locator('dialog :focus').count()]
    if (isInside) seen.add(name)
    else t.equal(name, '', 'nothing behind it is reached')
  }
  t.ok(seen.has('Save Changes') && seen.has('Close'), [...seen].join(', '))
  await page.keyboard.press('Escape')
  await page.locator('dialog[open]').waitFor({ state: 'detached' })
  t.equal(await focused(page), 'Edit')

  await KEYS.press(page.locator('.page-head summary'))
  await KEYS.press(page.getByRole('link', { name: 'Delete Group' }))
  await page.getByRole('dialog', { name: 'Delete Consumer?' }).waitFor()
  t.equal(await page.locator('dialog .danger:focus').count(), 0, 'nothing is deleted by one Enter too many')
  await KEYS.press(page.getByRole('button', { name: 'Cancel' }))
  await page.locator('dialog[open]').waitFor({ state: 'detached' })
  t.equal(await focused(page), 'Group Options')
})

t.test('a window asks before it throws away what was typed, by Esc, beside it and by its button', async (t) => {
  const page = await shop.as(t, 'manager', { allow: [422] })
  await page.goto('/groups/3')
  const edit = main(page).getByRole('link', { name: 'Edit', exact: true })
  const field = page.locator('#dialog').getByLabel('Description')
  const question = page.getByRole('dialog', { name: 'Discard your changes?' })
  const ways = [
    () => page.keyboard.press('Escape'),
    () => page.mouse.click(5, 400),
    () => page.locator('#dialog').getByRole('button', { name: 'Close' }).click()
  ]
  for (const leave of ways) {
    await edit.click()
    await field.waitFor()
    await leave()
    await page.locator('dialog[open]').waitFor({ state: 'detached' })
    t.equal(await focused(page), 'Edit', 'an untouched one goes at once')
    await edit.click()
    await field.fill('Half a sentence')
    for (let times = 0; times < 2; times++) {
      await leave()
      await question.waitFor()
      t.equal(await focused(page), 'Keep editing')
      await page.keyboard.press('Escape')
      await question.waitFor({ state: 'hidden' })
      t.equal(await field.inputValue(), 'Half a sentence', 'which Esc keeps')
    }
    await leave()
    await question.getByRole('button', { name: 'Discard' }).click()
    await page.locator('dialog[open]').waitFor({ state: 'detached' })
    t.equal(await focused(page), 'Edit')
  }
  for (const answer of [null, 'There is a problem']) {
    await edit.click()
    await field.fill('Half a sentence')
    if (answer) {
      await page.locator('#dialog').getByLabel('Name', { exact: true }).fill('default')
      await page.keyboard.press('Enter')
      await page.locator('#dialog').getByText(answer).waitFor()
    }
    await page.locator('#dialog').getByRole('button', { name: 'Discard' }).click()
    await page.locator('dialog[open]').waitFor({ state: 'detached' })
    t.equal(await focused(page), 'Edit', 'Discard means it, also where the form came back with something to say')
  }
})

t.test('the name of a new group can be typed at once', async (t) => {
  const page = await shop.as(t, 'manager')
  await page.goto('/groups/new')
  t.equal(await focused(page), 'Name')
})

t.test('after a part of the page has changed, the focus is where it was', async (t) => {
  const page = await shop.as(t, 'staff')
  await page.goto('/customers')
  await KEYS.press(page.getByRole('columnheader', { name: 'Age' }).getByRole('link'))
  await page.locator('th:not([aria-sort=none])', { hasText: 'Age' }).waitFor()
  t.equal(await focused(page), 'Age')
  await KEYS.press(page.getByRole('link', { name: 'Next' }))
  await page.getByText('26 to 50 of 793').waitFor()
  await page.locator('#list:focus').waitFor()
  await page.keyboard.press('Tab')
  t.equal(await focused(page), 'Name', 'at the head of the new page')
})

t.test('a mistake takes the focus to the summary, and its link to the field', async (t) => {
  const page = await shop.as(t, 'manager', { allow: [422] })
  await page.goto('/groups/new')
  await KEYS.write(page.getByLabel('Name', { exact: true }), 'Consumer')
  await page.keyboard.press('Enter')
  await page.locator('.error-summary').waitFor()
  t.equal(await page.locator('.error-summary:focus').count(), 1)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  t.equal(await focused(page), 'Name')
})

/** The name of what has the focus, as a screen reader says it, and '' if nothing has. */
async function focused(page: Page): Promise<string> {
  return page.evaluate<string>(`(() => {
    const one = document.activeElement
    if (!one || one === document.body) return ''
    const source = (one.labels?.[0]?.querySelector('.visually-hidden') ?? one.labels?.[0] ?? one).cloneNode(true)
    for (const silent of source.querySelectorAll('[aria-hidden]')) silent.remove()
    const name = one.getAttribute('aria-label') ?? source.textContent
    return name.replace(/\\s+/g, ' ').trim()
  })()`)
}
