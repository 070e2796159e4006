import { sql } from 'kysely'
import type { Page } from 'playwright-core'
import { note, notingOperation } from '../../src/activity/note.ts'
import { rows } from '../../src/db/rows.ts'
import { DEMO_PASSWORD } from '../../src/demo/shop.ts'
import { countBuyers } from '../../src/figures/everyone.ts'
import { rankPeriod } from '../../src/figures/periods.ts'
import { workOutOverview } from '../../src/figures/work-out-overview.ts'
import { keepUnreadable } from '../../src/sales/unreadable.ts'
import type { Role } from '../../src/staff/staff-member.ts'
import { recordSales, tillOf } from '../till.ts'
import { type BrowserShop, NOW } from './browser.ts'
import { fillImports } from './imports.ts'
import { TILL_PAGES } from './till-pages.ts'

export interface Visit {
  name: string
  /** Brings the page on; what is looked at is what stands there then. */
  open(page: Page): Promise<unknown>
}

/** Who sees which pages: every page of the application once, and those that differ for a role for that role too. */
export async function pagesOf(shop: BrowserShop): Promise<{ role: Role | null; visits: Visit[] }[]> {
  await fillActivity(shop)
  await fillReview(shop)
  const facts = { ...(await find(shop)), imports: await fillImports(shop, 1) }
  await workOut(shop, facts)
  return [
    { role: null, visits: strangersPages(facts) },
    { role: 'staff', visits: staffPages(facts) },
    { role: 'manager', visits: managersPages(facts) },
    { role: 'admin', visits: adminsPages(facts) }
  ]
}

const at = (name: string, path: string): Visit => ({ name, open: (page) => page.goto(path) })

/** A dialog, opened from the page that leads to it. */
const dialog = (name: string, path: string, press: (page: Page) => Promise<unknown>): Visit => ({
  name,
  async open(page) {
    await page.goto(path)
    await press(page)
    await page.locator('dialog[open] h1, dialog[open] h2').waitFor()
  }
})

const menu = (name: string, path: string, summary: string): Visit => ({
  name,
  async open(page) {
    await page.goto(path)
    await page.locator(summary).first().click()
    await page.locator('details[open] .menu-panel').waitFor()
  }
})

/** A form sent with mistakes in it; the browser's own checks are what scripts turn into an inactive button. */
const refused = (
  name: string,
  path: string,
  fill: (page: Page) => Promise<unknown>,
  button: string,
  answer = '.error-summary'
): Visit => ({
  name,
  async open(page) {
    await page.goto(path)
    await fill(page)
    await page.getByRole('button', { name: button, exact: true }).click()
    await page.locator(answer).waitFor()
  }
})

const QUESTION = '.notice.warning'

/** A form that somebody else saves, changed, between its opening and its sending. */
const overtaken = (
  name: string,
  path: string,
  change: (form: Record<string, string>) => Record<string, string>
): Visit => ({
  name,
  async open(page) {
    await page.goto(path)
    const filled = await page.evaluate<[string, string][]>('[...new FormData(document.querySelector("main form"))]')
    const { origin } = new URL(page.url())
    await page.request.post(path, { form: change(Object.fromEntries(filled)), headers: { origin }, maxRedirects: 0 })
    await page.getByRole('button', { name: 'Save Changes' }).click()
    await page.locator('.conflict').waitFor()
  }
})

type Facts = Awaited<ReturnType<typeof find>> & { imports: Awaited<ReturnType<typeof fillImports>> }

/** What people may have done, more than a page of it; some of it to what is gone. */
/** Each way to stand there: a sale that policy would have refused, a return without its sale, and what is no sale. */
async function fillReview({ em }: BrowserShop): Promise<void> {
  const line = { sku: 'CUP', name: 'Cup', quantity: '1', amount: '9.00' }
  const soldAt = NOW
  await recordSales(em, [{ receipt: 'V-1', soldAt, lines: [line], tenders: { onAccount: '9.00' } }], 'tells')
  const back = { ...line, quantity: '-1', amount: '-9.00' }
  await recordSales(em, [{ receipt: 'V-2', soldAt, lines: [back], tenders: { cash: '-9.00' } }])
  const raw = { receipt: 'V-3', lines: 'none' }
  await keepUnreadable(em, await tillOf(em), [{ raw, code: 'invalid', detail: 'id: This field is missing.' }], NOW)
}

export async function fillActivity(shop: BrowserShop): Promise<void> {
  const { ask, em } = shop
  const [boss] = await ask(sql<{ id: number }>`select id from staff_member where role = 'admin'`)
  const [group] = await ask(
    sql<{ id: number; name: string }>`select id, name from customer_group where name = 'Consumer'`
  )
  const [person] = await ask(sql<{ id: number }>`select id from customer where name = 'Aaron Bergman'`)
  const minutesAgo = (minutes: number) => ({ id: boss?.id ?? 0, now: new Date(NOW.getTime() - minutes * 60_000) })
  const customerId = person?.id
  await ask(sql`
    insert into activity (at, by, kind, group_id, from_group_id, customer_id, details)
    select ${NOW}::timestamptz - n * interval '7 hours', ${boss?.id}, 'moved', ${group?.id}, 1, customer_id, '{"from": "Default"}'
    from (select customer_id, row_number() over (order by customer_id) as n from primary_membership where group_id = ${group?.id} limit 40) moved
  `)
  const values = [
    { field: 'phone', before: '+12065550123', after: '+12065550199' },
    { field: 'location', before: null, after: 'Seattle' }
  ]
  const changes = [{ field: 'allowsOnAccount', before: 'false', after: 'true' }]
  const add = { id: 41, operation: 'add' as const, counts: { customers: 1202, moved: 312 } }
  await note(em, 'customer-changed', minutesAgo(5), { customerId, values })
  await note(em, 'group-changed', minutesAgo(10), { group, details: { changes } })
  await note(em, 'joined', minutesAgo(15), { group, customerId: 999_999 })
  await note(em, 'left', minutesAgo(20), { group: { id: 999_999, name: 'Autumn fair' }, customerId })
  await note(em, 'sign-in-failed', { ...minutesAgo(25), id: null }, { staffMemberId: boss?.id })
  await rows(em, notingOperation(minutesAgo(30), group, add))
  await fillOperations(shop)
}

/** One done, one cancelled, one under way. */
async function fillOperations({ ask }: BrowserShop): Promise<void> {
  await ask(sql`
    insert into bulk_operation (kind, group_id, group_name, is_list, state, asked_by, asked_at, ended_at, expected, asked, added, moved,
      already, groups)
    select 'add', grouped.id, 'Consumer', false, state, person.id, ${NOW}::timestamptz, case when state <> 'running' then ${NOW}::timestamptz end,
      1204, counted * 1202, counted * 890, counted * 312, 0, '[{"id": 4, "name": "Corporate", "count": 280}, {"id": 5, "name": "Home Office", "count": 32}]'
    from customer_group grouped, staff_member person,
      (values (1, 'done', 1), (2, 'cancelled', 0), (3, 'running', 0)) way (number, state, counted)
    where grouped.name = 'Consumer' and person.role = 'manager' order by number
  `)
  await ask(sql`
    insert into operation_progress (operation_id, done, total) select id, 20000, 48100 from bulk_operation where state = 'running'
  `)
}

async function find({ ask }: BrowserShop) {
  const groups = await ask(sql<{ id: number; name: string }>`select id, name from customer_group`)
  const idOf = (name: string) => groups.find((one) => one.name === name)?.id ?? 0
  const [person] = await ask(sql<{ id: number }>`select id from customer where name = 'Aaron Bergman'`)
  const [debtor] = await ask(
    sql<{
      id: number
    }>`select customer_id as id from account_entry group by 1 having sum(amount) <> 0 order by 1 limit 1`
  )
  const operations = await ask(sql<{ id: number; state: string }>`select id, state from bulk_operation`)
  const operation = (state: string) => `/operations/${operations.find((one) => one.state === state)?.id ?? 0}`
  const [colleague] = await ask(sql<{ id: number }>`select id from staff_member where role = 'staff'`)
  return {
    consumer: `/groups/${idOf('Consumer')}`,
    corporate: `/groups/${idOf('Corporate')}`,
    west: `/groups/${idOf('West')}`,
    done: operation('done'),
    cancelled: operation('cancelled'),
    running: operation('running'),
    standard: '/groups/1',
    walkIn: '/groups/2',
    customer: `/customers/${person?.id ?? 0}`,
    /** Owes something. */
    debtor: `/customers/${debtor?.id ?? 0}`,
    colleague: `/staff/${colleague?.id ?? 0}`
  }
}

/** What jobs work out in the background; what none does here is looked at as it is before. */
async function workOut({ em }: BrowserShop, { consumer, west, standard }: Facts): Promise<void> {
  for (const path of [consumer, west, standard]) await workOutOverview(em.fork(), idIn(path), NOW)
  for (const shopId of [null, 1]) {
    await rankPeriod(em.fork(), { groupId: idIn(consumer), days: 365, shopId }, NOW)
    await countBuyers(em.fork(), { days: 365, shopId }, NOW)
  }
}

const idIn = (path: string) => Number(path.split('/').at(-1))

function strangersPages(_: Facts): Visit[] {
  return [
    at('Sign in', '/sign-in'),
    at('The API’s description', '/api/v1/docs'),
    refused(
      'Sign in, refused',
      '/sign-in',
      async (page) => {
        await page.getByLabel('E-mail').fill('nobody@demo.test')
        await page.getByLabel('Password').fill('not the password')
      },
      'Sign in'
    ),
    { name: 'Sign in, on a shared terminal', open: shareTerminal },
    {
      name: 'Sign in, as one of them',
      async open(page) {
        await shareTerminal(page)
        await page.getByRole('link', { name: 'Sam Cole' }).click()
        await page.getByText('Not you?').waitFor()
      }
    },
    at('A used link', '/link/nothing'),
    at('A used set-up link', '/set-up/nothing'),
    { name: 'A form without a session', open: sendWithoutSession },
    {
      name: 'Signed in again',
      async open(page) {
        await sendWithoutSession(page)
        await page.getByLabel('E-mail').fill('manager@demo.test')
        await page.getByLabel('Password').fill(DEMO_PASSWORD)
        await page.getByRole('button', { name: 'Sign in' }).click()
        await page.getByRole('button', { name: 'Continue' }).waitFor()
      }
    }
  ]
}

/** Two people have signed in with it, and nobody is. */
async function shareTerminal(page: Page): Promise<void> {
  await page.goto('/sign-in')
  const headers = { origin: new URL(page.url()).origin }
  for (const role of ['staff', 'manager']) {
    const form = { email: `${role}@demo.test`, password: DEMO_PASSWORD }
    await page.request.post('/sign-in', { form, headers, maxRedirects: 0 })
  }
  await page.request.post('/sign-in/switch', { headers, maxRedirects: 0 })
  await page.goto('/sign-in')
  await page.getByRole('link', { name: 'Someone else' }).waitFor()
}

async function sendWithoutSession(page: Page): Promise<void> {
  await page.goto('/sign-in?as=other')
  await page.evaluate(`(() => {
    const form = document.querySelector('form')
    form.password.remove()
    form.action = '/customers'
    form.submit()
  })()`)
  await page.getByText('You were signed out. Nothing you typed is lost').waitFor()
}

function staffPages({ consumer, corporate, west, standard, walkIn, customer, debtor }: Facts): Visit[] {
  return [
    at('Till, for staff, not tied', '/till'),
    at('Groups', '/groups'),
    at('Groups, none matches', '/groups?q=zzz'),
    at('Overview', consumer),
    at('Overview of a list', west),
    at('Overview, being worked out', corporate),
    {
      name: 'Overview, the tables behind its charts',
      async open(page) {
        await page.goto(consumer)
        for (const summary of await page.getByText('As a table').all()) await summary.click()
      }
    },
    at('Overview of Default', standard),
    at('Overview of Walk-in', walkIn),
    at('Customer List', `${consumer}/customers`),
    at('Customer List, none matches', `${consumer}/customers?q=zzz`),
    at('Customer List, nobody in it', `${standard}/customers`),
    at('Customer List of Walk-in', `${walkIn}/customers`),
    at('Product Ranking', `${consumer}/products`),
    at('Product Ranking, a year, by lift', `${consumer}/products?period=365&sort=lift`),
    at('Product Ranking, a year in a shop', `${consumer}/products?shop=High+Street&period=365`),
    at('Product Ranking, being worked out', `${consumer}/products?period=90`),
    at('Compare', `/groups/compare?ids=${idIn(consumer)}&ids=${idIn(west)}`),
    at(
      'Compare, three, not all worked out',
      `/groups/compare?ids=${idIn(consumer)}&ids=${idIn(corporate)}&ids=${idIn(west)}`
    ),
    at('Compare, one alone', `/groups/compare?ids=${idIn(consumer)}`),
    at('Product Ranking, nothing sold', `${standard}/products`),
    at('Add Customer', `${consumer}/add`),
    at('Add Customer, none matches', `${consumer}/add?q=zzz`),
    at('Add Customer, refused', `${corporate}/add`),
    at('Customers', '/customers'),
    at(
      'Customers, filtered',
      '/customers?group=Consumer&location=Seattle&spent-from=100&ordered-within=900&sort=spent'
    ),
    at('Customers, none matches', '/customers?q=zzz'),
    at('Customers, a filter that cannot be read', '/customers?spent-from=much'),
    menu('Customers, the filter open', '/customers', '.filters .more > a'),
    at('Customers, the filter open without scripts', '/customers?filters=open&group=Consumer'),
    menu('Quick settings', `${consumer}/customers`, 'td.more > a'),
    at('Quick settings without scripts', `${customer}/menu?group=${idIn(consumer)}`),
    at('New Customer', '/customers/new'),
    refused(
      'New Customer, refused',
      '/customers/new',
      async (page) => {
        await page.getByLabel('First name').fill('Mia')
        await page.getByLabel('Phone').fill('123')
      },
      'Save Customer'
    ),
    at('Customer', customer),
    at('The walk-in customer', '/customers/1'),
    at('Order History', `${debtor}/orders`),
    at('Order History, a period', `${debtor}/orders?from=2020-01-01&to=2026-02-28`),
    at('Order History, none matches', `${debtor}/orders?receipt=zzz`),
    at('Order History, a period that cannot be read', `${debtor}/orders?from=2026-02-30`),
    menu('Order History, the period open', `${debtor}/orders`, '.filters summary'),
    at('Order History, nothing bought', '/customers/1/orders'),
    at('Account History', `${debtor}/account`),
    at('Account History, nothing entered', `${customer}/account`),
    at('Account History of the walk-in customer', '/customers/1/account'),
    at('Edit Customer', `${customer}/edit`),
    dialog('Edit Customer, in its window', '/customers?q=bergman', async (page) => {
      await page.locator('a.gear').first().click()
      await page.getByRole('link', { name: 'Edit Customer' }).click()
    }),
    at('Add to a list', `${customer}/lists`),
    dialog('Add to a list, in its window', customer, (page) => page.getByRole('link', { name: 'Add to list' }).click()),
    at('Change primary group', `${customer}/primary-group`),
    at('Change primary group, none found', `${customer}/primary-group?q=zzz`),
    at('Profile', '/profile'),
    at('Not found', '/nothing'),
    at('Not allowed', '/staff'),
    dialog('Keyboard Shortcuts', '/groups', (page) => page.keyboard.press('?'))
  ]
}

function managersPages(facts: Facts): Visit[] {
  const { consumer, corporate, west, standard, walkIn, customer, debtor, done, cancelled, running, imports } = facts
  return [
    at('To review', '/review'),
    at('To review, settled', '/review?settled=show'),
    at('Groups', '/groups'),
    dialog('Bulk Import, in its window', consumer, async (page) => {
      await page.locator('.page-head summary').click()
      await page.getByRole('link', { name: 'Bulk Import' }).click()
    }),
    {
      name: 'A window that is left with changes',
      async open(page) {
        await page.goto(consumer)
        await page.locator('.page-head').getByRole('link', { name: 'Edit', exact: true }).click()
        await page.locator('#dialog').getByLabel('Description').fill('Half a sentence')
        await page.keyboard.press('Escape')
        await page.getByRole('button', { name: 'Keep editing' }).waitFor()
      }
    },
    at('Bulk Import', `${standard}/import?another`),
    at('Import Customers, into groups that the file names', '/customers/import?another'),
    at('Import Customers, no group found', '/customers/import?another&find=zzz'),
    at('Import Customers, the plan', imports.named),
    at('Import Customers, its groups', `${imports.named}/groups`),
    at('Bulk Import, being read', imports.reading),
    at('Bulk Import, which column is what', imports.columns),
    at('Bulk Import, how dates are written', imports.dates),
    at('Bulk Import, the plan', imports.plan),
    at('Bulk Import, the rows of a bucket', `${imports.plan}/rows?which=create`),
    at('Bulk Import, the rows with errors', `${imports.plan}/errors`),
    at('Bulk Import, names that differ', `${imports.plan}/strangers`),
    at('Bulk Import, changes to customers', `${imports.plan}/changes`),
    at('Bulk Import, the result', imports.result),
    at('Bulk Import, refused', imports.refused),
    {
      name: 'Undo of an import',
      async open(page) {
        await page.goto(imports.result)
        await page.getByRole('button', { name: 'Undo' }).click()
        await page.getByRole('button', { name: 'Undo and delete 1 customer' }).waitFor()
      }
    },
    menu('A group’s menu', '/groups', 'td.more > a'),
    at('A group’s menu without scripts', `${consumer}/menu`),
    menu('Customer Options', '/customers', '#options summary'),
    at('Add to group', '/customers/add?location=Seattle&spent-from=100&q=a'),
    at('Remove from group', '/customers/remove'),
    at('Remove from group, none matches', '/customers/remove?find=zzz'),
    at('Bulk Remove, none matches', `${west}/remove?q=zzz`),
    at('An export that is refused', '/customers.csv?spent-from=much'),
    at('Profile', '/profile'),
    at('New Customer Group', '/groups/new'),
    at('New List', '/groups/new?kind=list'),
    refused(
      'New Customer Group, refused',
      '/groups/new',
      (page) => page.getByLabel('Name', { exact: true }).fill('Consumer'),
      'Save Group'
    ),
    at('Overview', consumer),
    menu('Group Options', consumer, '.page-head summary'),
    dialog('Edit Customer Group, in its window', consumer, (page) =>
      page.locator('main').getByRole('link', { name: 'Edit', exact: true }).click()
    ),
    at('Edit Customer Group', `${consumer}/edit`),
    at('Activity', '/activity'),
    at('Activity, filtered', '/activity?group=Consumer&kind=moved&from=2026-01-01'),
    at('Activity, none', '/activity?kind=payment'),
    at('Activity, a filter that cannot be read', '/activity?group=Nobody&from=2026-03-01&to=2026-01-01'),
    menu('Activity, the filter open', '/activity', '.filters summary'),
    at('Customer', customer),
    at('Edit List', `${west}/edit`),
    at('Edit Default', `${standard}/edit`),
    at('Edit Walk-in', `${walkIn}/edit`),
    dialog('Delete a group, in its window', consumer, async (page) => {
      await page.locator('.page-head summary').click()
      await page.getByRole('link', { name: 'Delete Group' }).click()
    }),
    at('Delete a group', `${consumer}/delete`),
    at('Delete a list', `${west}/delete`),
    at('Delete Default', `${standard}/delete`),
    at('Add Customer', `${consumer}/add`),
    {
      name: 'Add Customer, one ticked',
      async open(page) {
        await page.goto(`${consumer}/add?q=hawkins`)
        await page.locator('.tick label').first().click()
        await page.getByText('1 selected').waitFor()
      }
    },
    {
      name: 'Add Customer, only who is selected',
      async open(page) {
        await page.goto(`${consumer}/add?q=hawkins`)
        await page.locator('.tick label').first().click()
        await page.getByRole('button', { name: 'Show selected' }).click()
        await page.getByText('Selected only').waitFor()
      }
    },
    at('Add Customer, nobody selected', `${consumer}/add?selected=show`),
    at('Add Customer, with who is there already', `${west}/add?members=show`),
    at('Add Customer, nobody found', `${consumer}/add?q=zzzz`),
    at('Add Customer, a filter that cannot be read', `${consumer}/add?age-from=x&location=Seattle`),
    menu('Add Customer, the filter open', `${consumer}/add`, '.filters .more > button'),
    at('Add Customer, the filter open without scripts', `${consumer}/add?filters=open`),
    menu('Add Customer, which to select', `${consumer}/add`, '.tick summary'),
    {
      name: 'Add Customer, All Pages, the question before it',
      async open(page) {
        await page.goto(`${consumer}/add?location=Seattle`)
        await page.locator('.tick summary').click()
        await page.getByRole('button', { name: /All Pages/ }).click()
        await page.getByText('that match').waitFor()
        await page.getByRole('button', { name: /^Add \d+ to Group$/ }).click()
        await page.getByRole('button', { name: /^Move \d+ customers$/ }).waitFor()
      }
    },
    at('Bulk Remove', `${consumer}/remove`),
    at('A bulk operation', done),
    at('A bulk operation, cancelled', cancelled),
    at('A bulk operation, under way', running),
    at('Undo of a bulk operation', `${done}/undo`),
    menu('Quick settings', `${consumer}/customers`, 'td.more > a'),
    at('Quick settings without scripts', `${customer}/menu?group=${idIn(consumer)}`),
    menu('A customer’s options', `${debtor}/orders`, '.page-head summary'),
    at('Account History', `${debtor}/account`),
    at('Record Payment', `${debtor}/account/payments`),
    dialog('Record Payment, in its window', `${debtor}/account`, (page) =>
      page.getByRole('link', { name: 'Record Payment' }).click()
    ),
    refused(
      'Record Payment, asked about',
      `${debtor}/account/payments`,
      async (page) => {
        await page.getByLabel('Amount').fill('99,999')
        await page.getByLabel('Paid by').selectOption('cash')
      },
      'Record Payment',
      QUESTION
    ),
    refused(
      'Edit Customer, who owes and would lose on-account sale',
      `${debtor}/edit`,
      (page) => page.getByLabel('Primary group').selectOption('1'),
      'Save Changes',
      QUESTION
    ),
    refused(
      'Edit Customer Group, whose members owe',
      `${corporate}/edit`,
      (page) => page.getByLabel('Allow on-account sale').uncheck({ force: true }),
      'Save Changes',
      QUESTION
    ),
    at('Delete a group whose members owe', `${corporate}/delete`),
    refused(
      'Remove from group, who owes',
      `${debtor}/menu?group=${idIn(corporate)}`,
      async () => {},
      'Remove from group',
      QUESTION
    ),
    refused(
      'Adjust Account, refused',
      `${debtor}/account/adjustments`,
      async (page) => {
        await page.getByLabel('Amount').fill('0.001')
        await page.getByLabel('Reason').fill('Rounded')
      },
      'Adjust Account'
    ),
    at('Delete a customer', `${customer}/delete`),
    at('Delete a customer who owes', `${debtor}/delete`),
    at('Delete the walk-in customer', '/customers/1/delete'),
    dialog('Delete a customer, in its window', `${consumer}/customers`, async (page) => {
      await page.locator('td.more > a').first().click()
      await page.getByRole('link', { name: 'Delete customer...' }).first().click()
    }),
    refused(
      'Delete a customer, not confirmed',
      `${customer}/delete`,
      (page) => page.getByLabel('to confirm').fill('yes'),
      'Delete Aaron Bergman'
    ),
    overtaken('Edit Customer Group, saved by another meanwhile', `${west}/edit`, (form) => ({
      ...form,
      description: 'Theirs.'
    })),
    overtaken('Edit Customer, saved by another meanwhile', `${customer}/edit`, (form) => ({
      ...form,
      location: 'Theirs'
    })),
    ...TILL_PAGES
  ]
}

function adminsPages({ colleague }: Facts): Visit[] {
  return [
    at('Staff', '/staff'),
    menu('A colleague’s menu', '/staff', 'tbody .menu summary'),
    at('Invite', '/staff/new'),
    refused(
      'Invite, refused',
      '/staff/new',
      async (page) => {
        await page.getByLabel('Name', { exact: true }).fill('Sam')
        await page.getByLabel('E-mail').fill('staff@demo.test')
        await page.getByText('Finds, adds and edits').click()
      },
      'Create invitation link'
    ),
    at('Edit a colleague', `${colleague}/edit`),
    {
      name: 'One-time link',
      async open(page) {
        await page.goto('/staff')
        await page.locator('tbody .menu summary').last().click()
        await page.getByRole('button', { name: 'Reset password' }).last().click()
        await page.locator('#link').waitFor()
      }
    },
    {
      name: 'Choose a password',
      async open(page) {
        await page.goto('/staff')
        await page.locator('tbody .menu summary').last().click()
        await page.getByRole('button', { name: 'Reset password' }).last().click()
        await page.goto(await page.locator('#link').innerText())
      }
    },
    at('Settings', '/settings'),
    overtaken('Settings, saved by another meanwhile', '/settings', (form) => ({ ...form, name: 'Theirs' })),
    at('Shops', '/settings/tills'),
    at('Shops, none matches', '/settings/tills?q=zzz'),
    at('Add a shop', '/settings/shops/new'),
    refused(
      'Add a shop, refused',
      '/settings/shops/new',
      (page) => page.getByLabel('Shop name').fill('high street'),
      'Add shop'
    ),
    at('A shop', '/settings/shops/1'),
    menu('A shop’s menu', '/settings/shops/1', '#options summary'),
    overtaken('Rename the shop, saved by another meanwhile', '/settings/shops/1/edit', (form) => ({
      ...form,
      name: 'Theirs'
    })),
    at('Add a till', '/settings/shops/1/till'),
    at('A till without a key', '/settings/tills/1'),
    at('Make a key', '/settings/tills/1/key'),
    { name: 'A new key', open: makeKey },
    { name: 'A till with keys', open: seeKeys },
    dialog('End a key, in its window', '/settings/tills/1', (page) =>
      page.getByRole('link', { name: 'End the key' }).first().click()
    ),
    {
      name: 'Make a key, refused',
      async open(page) {
        await makeKey(page)
        await page.goto('/settings/tills/1/key')
        await page.getByRole('button', { name: 'Make a key' }).click()
        await page.locator('.error-summary').waitFor()
      }
    },
    {
      name: 'A closed till',
      async open(page) {
        await page.goto('/settings/tills/2')
        await page.locator('#options summary').click()
        await page.getByRole('button', { name: 'Close till' }).click()
        await page.locator('.notice.warning').waitFor()
      }
    }
  ]
}

async function makeKey(page: Page): Promise<void> {
  await page.goto('/settings/tills/1/key')
  await page.getByRole('button', { name: 'Make a key' }).click()
  await page.locator('#key').waitFor()
}

async function seeKeys(page: Page): Promise<void> {
  await page.goto('/settings/tills/1')
  await page.getByRole('link', { name: 'End the key' }).first().waitFor()
}
