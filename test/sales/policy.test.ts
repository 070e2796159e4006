import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { WALK_IN_CUSTOMER, WALK_IN_GROUP } from '../../src/db/fixed.ts'
import { rows } from '../../src/db/rows.ts'
import { findGroup } from '../../src/groups/queries.ts'
import { RuleError } from '../../src/lib/errors.ts'
import { decide, policyOf, type Settings } from '../../src/sales/policy.ts'
import { policyAnswer } from '../../src/sales/policy-answer.ts'
import { saleSchema } from '../../src/sales/sale.ts'
import { testApp, words } from '../helper.ts'
import { answerTo } from '../page.ts'
import { addCustomer, addGroup } from '../shop.ts'
import { type NewSale, recordSale, recordSales } from '../till.ts'

const shop = await testApp(t)
const { em } = shop
const manager = await shop.as('manager')
const group = await addGroup(em, 'Gold')
const customer = await addCustomer(em, { firstName: 'Ann', group })

const SETTINGS = ['restrictsPurchases', 'allowsOnAccount', 'allowsDiscounts'] as const
type Setting = (typeof SETTINGS)[number]

let receipts = 0
const line = { sku: 'RUG', name: 'Rug', quantity: '2', amount: '20.00' }
const sale = (change: Partial<NewSale> = {}): NewSale => ({
  receipt: `P-${++receipts}`,
  customerId: customer,
  soldAt: new Date('2026-02-01T15:00:00Z'),
  lines: [line],
  tenders: { cash: '20.00' },
  ...change
})
const onAccount = () => sale({ tenders: { onAccount: '20.00' } })
const discounted = () => sale({ lines: [{ ...line, discount: '5.00' }] })
const brought = (change: Partial<NewSale> = {}) =>
  sale({ lines: [{ ...line, quantity: '-1', amount: '-10.00' }], tenders: { cash: '-10.00' }, ...change })

/** As a manager sets them in the group's form, whoever owes something; the others are off. */
async function set(...on: Setting[]): Promise<void> {
  await setLimit('', ...on)
}

async function setLimit(largestDiscount: string, ...on: Setting[]): Promise<void> {
  await save({ largestDiscount }, ...on)
}

async function save(typed: Record<string, string>, ...on: Setting[]): Promise<void> {
  const { version } = await findGroup(shop.orm.em.fork(), group)
  const ticked = Object.fromEntries(on.map((setting) => [setting, 'true']))
  const form = { name: 'Gold', version, ...typed, ...ticked }
  const asked = await manager.post(`/groups/${group}/edit`, form)
  const sure = answerTo(asked.body)
  const answer = sure ? await manager.post(`/groups/${group}/edit`, { ...form, sure }) : asked
  t.equal(answer.statusCode, 303)
}

type Governing = Settings & { version: number }

const decisionOn = (settings: Governing, one: NewSale, decimals = 2) =>
  decide({ group: settings, decimals }, saleSchema.parse({ till: 1, ...one }))

/** Why a till must not take it; null if it may. */
function refusalOf(settings: Governing, one: NewSale): string | null {
  const decision = decisionOn(settings, one)
  return decision.isTaken ? null : decision.sentence
}

const decided = async (one: NewSale) => refusalOf(await findGroup(shop.orm.em.fork(), group), one)

/** What the customer's page says of the till. */
async function told(): Promise<string> {
  const { body } = await manager.get(`/customers/${customer}`)
  return words(/<ul class="policy">[\s\S]*?<\/ul>/.exec(body)?.[0] ?? '')
}

async function till(t: Test, one: NewSale, refusal: string | null): Promise<void> {
  t.equal(await decided(one), refusal)
  const record = recordSale(em, one)
  if (refusal === null) t.match(await record, { result: 'recorded' })
  else await t.rejects(record, new RuleError(refusal))
}

t.test('restrict purchases: off, they buy; on, they can’t at all, but bring back', async (t) => {
  await set()
  await till(t, sale(), null)
  t.match(await told(), 'Purchases allowed Customers in Gold can buy.')
  await set('restrictsPurchases')
  await till(t, sale(), 'Customers in Gold can’t buy at all.')
  await till(t, brought(), null)
  t.match(await told(), 'Purchases not allowed Customers in Gold can’t buy at all.')
  await save({ purchaseMessage: 'Ask for Kim.' }, 'restrictsPurchases')
  await till(t, sale(), 'Customers in Gold can’t buy at all. Ask for Kim.')
  await till(t, brought(), null)
  await save({ purchaseMessage: 'Ask for Kim.' })
  await till(t, sale(), null)
})

t.test('a return is taken, whatever was taken off it', async (t) => {
  await set()
  await till(t, brought({ lines: [{ ...line, quantity: '-1', amount: '-10.00', discount: '2.00' }] }), null)
  await till(t, discounted(), 'Customers in Gold can’t be given manual discounts.')
})

t.test('allow on-account sale: off, they pay at the till; on, they may pay later', async (t) => {
  await set()
  await till(t, onAccount(), 'Customers in Gold must pay at the till. The group doesn’t allow on-account sales.')
  t.match(await told(), 'On-account sale not allowed Customers in Gold pay at the till.')
  await set('allowsOnAccount')
  await till(t, onAccount(), null)
  t.match(await told(), 'On-account sale allowed Customers in Gold can buy now and pay later.')
})

t.test('allow manual discounts: off, the till refuses them; on, the cashier may give them', async (t) => {
  await set()
  await till(t, discounted(), 'Customers in Gold can’t be given manual discounts.')
  t.match(await told(), 'Manual discounts not allowed Customers in Gold can’t be given manual discounts.')
  await set('allowsDiscounts')
  await till(t, discounted(), null)
  t.match(await told(), 'Manual discounts allowed The cashier can give customers in Gold manual discounts.')
})

t.test('largest manual discount: that, rounded half up to a cent, is taken, and a cent more is refused', async (t) => {
  const off = (amount: string, discount: string, quantity = '1') =>
    sale({ lines: [{ ...line, quantity, amount, discount }], tenders: { cash: amount } })
  const refusal = 'Customers in Gold can be given at most 10% off.'
  await setLimit('10', 'allowsDiscounts')
  await till(t, off('18.00', '2.00'), null)
  await till(t, off('17.99', '2.01'), refusal)
  await till(t, off('1.12', '0.13'), null)
  await till(t, off('1.11', '0.13'), refusal)
  await till(t, off('17.999', '2.001'), refusal)
  await till(t, off('20.00', '0'), null)
  await till(t, off('0', '1'), refusal)
  await till(t, off('-3', '0'), null)
  await till(t, off('-17', '20', '-1'), null)
  const two = sale({ lines: [line, { ...line, amount: '8', discount: '2' }], tenders: { cash: '28.00' } })
  await till(t, two, refusal)
  t.match(
    await told(),
    'Manual discounts allowed The cashier can give customers in Gold manual discounts of up to 10%.'
  )
  await setLimit('33.33', 'allowsDiscounts')
  await till(t, off('666700', '333300'), null)
  await till(t, off('666699.999', '333300.001'), 'Customers in Gold can be given at most 33.33% off.')
  await setLimit('0', 'allowsDiscounts')
  await till(t, off('20', '0'), null)
  await till(t, off('20', '0.001'), 'Customers in Gold can be given at most 0% off.')
  await setLimit('100', 'allowsDiscounts')
  await till(t, off('0', '20'), null)
  await setLimit('10')
  await till(t, off('18.00', '2.00'), 'Customers in Gold can’t be given manual discounts.')
  t.match(await told(), 'Manual discounts not allowed Customers in Gold can’t be given manual discounts.')
  await set('allowsDiscounts')
  await till(t, off('1', '99'), null)
})

t.test('the limit of a line is rounded half up to the smallest coin of the currency', async (t) => {
  await setLimit('10', 'allowsDiscounts')
  const settings = await findGroup(shop.orm.em.fork(), group)
  const isTaken = (amount: string, discount: string, decimals: number) =>
    decisionOn(settings, sale({ lines: [{ ...line, amount, discount }], tenders: { cash: amount } }), decimals).isTaken
  const answers = (decimals: number, ...lines: [amount: string, discount: string][]) =>
    lines.map(([amount, discount]) => isTaken(amount, discount, decimals))
  t.same(answers(0, ['9', '1'], ['4', '1'], ['3', '1'], ['13', '2'], ['12', '2']), [true, true, false, true, false])
  t.same(answers(2, ['1.12', '0.13'], ['1.11', '0.13'], ['0.04', '0.01'], ['0.03', '0.01']), [true, false, true, false])
  t.same(answers(3, ['1.125', '0.125'], ['1.124', '0.126'], ['0.004', '0.001']), [true, false, true])
})

t.test('a refusal has a code, what is too large also its limit, and what is taken the group’s policy', async (t) => {
  const on = (change: Partial<Governing>) => ({ ...settings, name: 'Trade', ...change })
  const settings = await findGroup(shop.orm.em.fork(), group)
  await set()
  const none = on(await findGroup(shop.orm.em.fork(), group))
  const codeOf = (by: Governing, one: NewSale) => {
    const decision = decisionOn(by, one)
    return decision.isTaken ? null : decision.code
  }
  t.equal(codeOf(on({ restrictsPurchases: true }), sale()), 'purchase-restricted')
  t.equal(codeOf(none, onAccount()), 'on-account-not-allowed')
  t.equal(codeOf(none, discounted()), 'manual-discount-not-allowed')
  t.match(decisionOn(on({ allowsDiscounts: true, largestDiscount: '12.50' }), discounted()), {
    code: 'manual-discount-too-large',
    maxPercent: '12.5'
  })
  const trade = on({
    allowsOnAccount: true,
    allowsDiscounts: true,
    largestDiscount: '10.00',
    automaticDiscount: '5.00'
  })
  t.same(decisionOn(trade, sale()), {
    isTaken: true,
    sentence: 'Trade: may buy on account, 5% off by itself, up to 10% by hand.'
  })
})

t.test('each setting changes its own answer and no other', async (t) => {
  const answers = async () =>
    [await decided(sale()), await decided(onAccount()), await decided(discounted())].map((one) => one === null)
  await set()
  t.same(await answers(), [true, false, false])
  await set('allowsOnAccount')
  t.same(await answers(), [true, true, false])
  await set('allowsDiscounts')
  t.same(await answers(), [true, false, true])
  await set('allowsOnAccount', 'allowsDiscounts')
  t.same(await answers(), [true, true, true])
  await set('restrictsPurchases', 'allowsOnAccount', 'allowsDiscounts')
  t.same(await answers(), [false, false, false], 'who can’t buy gets nothing else either')
  const said = await told()
  t.equal(said.match(/not allowed Customers in Gold can’t buy at all\./g)?.length, 3, said)
})

t.test('moved to another group, the customer has that one’s answers, by its name', async (t) => {
  const silver = await addGroup(em, 'Silver', { allowsOnAccount: true })
  await set()
  t.match(await told(), 'pay at the till')
  await manager.post(`/groups/${silver}/add`, { ids: customer, do: 'sure' })
  t.match(await told(), 'On-account sale allowed Customers in Silver can buy now and pay later.')
  t.match(await recordSale(em, onAccount()), { result: 'recorded' })
})

t.test('every way to set a group: what is recorded is just what decide takes', async (t) => {
  const sales = () => [
    sale(),
    onAccount(),
    discounted(),
    sale({ lines: [{ ...line, discount: '5.00' }], tenders: { onAccount: '20.00' } }),
    brought(),
    brought({ tenders: { onAccount: '-10.00' } }),
    brought({ lines: [{ ...line, quantity: '-1', amount: '-10.00', discount: '2.00' }] })
  ]
  const member = await addCustomer(em, { firstName: 'Mia', group })
  for (let way = 0; way < 16; way++) {
    await rows(
      em,
      sql`
      update customer_group set restricts_purchases = ${(way & 1) !== 0}, allows_on_account = ${(way & 2) !== 0},
        allows_discounts = ${(way & 4) !== 0}, largest_discount = ${way & 8 ? '10' : null} where id = ${group}
    `
    )
    const named = sales().map((one) => ({ ...one, customerId: member }))
    const nameless = sales().map((one) => ({ ...one, customerId: WALK_IN_CUSTOMER }))
    const settings = await findGroup(shop.orm.em.fork(), group)
    const walkIn = await findGroup(shop.orm.em.fork(), WALK_IN_GROUP)
    const asked = { customerId: member, group: settings, since: '2026-01-02', balance: '0', decimals: 2 }
    const { purchases, on_account, discounts } = policyAnswer(asked)
    t.same(
      [purchases.allowed, on_account.allowed, discounts.manual],
      policyOf(settings).map(({ isAllowed }) => isAllowed)
    )
    t.equal(purchases.allowed, decisionOn(settings, sale()).isTaken)
    t.equal(on_account.allowed, decisionOn(settings, onAccount()).isTaken)
    const { isTaken } = decisionOn(
      settings,
      sale({ lines: [{ ...line, amount: '19.99', discount: '0.01' }], tenders: { cash: '19.99' } })
    )
    t.equal(discounts.manual, isTaken)
    const expected = [...named, ...nameless].map((one) => {
      const why = refusalOf(one.customerId === WALK_IN_CUSTOMER ? walkIn : settings, one)
      return why === null
        ? { receipt: one.receipt, result: 'recorded' }
        : { receipt: one.receipt, result: 'refused', why }
    })
    t.same(await recordSales(em, [...named, ...nameless]), expected)
  }
})

t.test('a receipt that was taken stays so, whatever the group allows by now', async (t) => {
  await set('allowsOnAccount')
  const taken = { ...onAccount(), id: randomUUID(), customerId: await addCustomer(em, { firstName: 'Noa', group }) }
  t.match(await recordSale(em, taken), { result: 'recorded' })
  await set('restrictsPurchases')
  t.match(await recordSale(em, taken), { result: 'repeated' })
})
