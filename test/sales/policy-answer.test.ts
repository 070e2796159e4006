import t from 'tap'
import { findGroup } from '../../src/groups/queries.ts'
import { inOneSentence, type Settings } from '../../src/sales/policy.ts'
import { policyAnswer, policySchema } from '../../src/sales/policy-answer.ts'
import { testApp, words } from '../helper.ts'
import { addCustomer, addGroup } from '../shop.ts'

const shop = await testApp(t)
const { em } = shop
const manager = await shop.as('manager')
const group = await addGroup(em, 'Gold')
const customer = await addCustomer(em, { firstName: 'Ann', group })

async function save(settings: Record<string, string>): Promise<void> {
  const { version } = await findGroup(shop.orm.em.fork(), group)
  const answer = await manager.post(`/groups/${group}/edit`, { name: 'Gold', version, ...settings })
  t.equal(answer.statusCode, 303)
}

t.test('a policy in one sentence', (t) => {
  const nothing = {
    id: group,
    name: 'Trade',
    restrictsPurchases: false,
    allowsOnAccount: false,
    allowsDiscounts: false
  }
  const told = (change: Partial<Settings>) =>
    inOneSentence({
      ...nothing,
      largestDiscount: null,
      automaticDiscount: null,
      priceList: null,
      ...change
    } as Settings)
  t.equal(told({}), 'Trade: pays at the till, no discount by hand.')
  t.equal(told({ allowsDiscounts: true }), 'Trade: pays at the till, discounts by hand.')
  t.equal(told({ allowsDiscounts: true, largestDiscount: '7.50' }), 'Trade: pays at the till, up to 7.5% off by hand.')
  t.equal(told({ automaticDiscount: '5.00' }), 'Trade: pays at the till, 5% off by itself, no discount by hand.')
  t.equal(told({ automaticDiscount: '0.00' }), 'Trade: pays at the till, no discount by hand.')
  t.equal(
    told({ restrictsPurchases: true, allowsOnAccount: true }),
    'Trade: can’t buy at all, but can bring things back.'
  )
  t.end()
})

t.test('tills are told what the customer’s page shows', async (t) => {
  const answer = async () => {
    const settings = await findGroup(shop.orm.em.fork(), group)
    const asked = { customerId: customer, group: settings, since: '2026-01-02', balance: '120.000', decimals: 2 }
    return policySchema.strict().parse(policyAnswer(asked))
  }
  const page = async () => words((await manager.get(`/customers/${customer}`)).body)
  const typed = { largestDiscount: '10', automaticDiscount: '5', priceList: 'trade', purchaseMessage: 'Ask for Kim.' }
  await save({ ...typed, allowsOnAccount: 'true', allowsDiscounts: 'true' })
  const { version } = await findGroup(shop.orm.em.fork(), group)
  t.same(await answer(), {
    customer_id: customer,
    group: { id: group, name: 'Gold', since: '2026-01-02' },
    settings_version: version,
    purchases: { allowed: true, message: null },
    on_account: {
      allowed: true,
      limit: null,
      limit_from: null,
      balance: '120.00',
      left: null,
      overdue: '0.00',
      on_hold: false
    },
    discounts: { manual: true, max_percent: '10', automatic_percent: '5', price_list: 'trade' },
    sentences: ['Gold: may buy on account, 5% off by itself, up to 10% by hand.']
  })
  t.match(await page(), 'Gold: may buy on account, 5% off by itself, up to 10% by hand. Purchases allowed')
  t.match(await page(), 'Automatic discount 5% Price list trade Groups', 'no message, as they can buy')
  await save({ ...typed, restrictsPurchases: 'true', allowsDiscounts: 'true' })
  t.match(await answer(), {
    purchases: { allowed: false, message: 'Ask for Kim.' },
    on_account: { allowed: false },
    discounts: { manual: false, max_percent: null },
    sentences: ['Gold: can’t buy at all, but can bring things back.']
  })
  t.match(await page(), 'Price list trade Message for the cashier Ask for Kim. Groups')
  await save({})
  t.match((await answer()).discounts, { automatic_percent: null, price_list: null })
  t.notMatch(await page(), 'Automatic discount')
})
