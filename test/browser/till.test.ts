import { sql } from 'kysely'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import type { Role } from '../../src/staff/staff-member.ts'
import { tillOf } from '../till.ts'
import { openShop, PHONE, type VisitOptions } from './browser.ts'
import { missingIcons, overflow, smallTargets } from './measure.ts'

const shop = await openShop(t)
const TERMINAL = { viewport: { width: 1024, height: 768 }, hasTouch: true }

/** A window of a browser that a manager has tied to a till. */
export async function atTill(t: Test, role: Role, options: VisitOptions = TERMINAL): Promise<Page> {
  const [page, manager] = [await shop.as(t, role, options), await shop.as(t, 'manager')]
  const form = { till: String(await tillOf(shop.em)) }
  await manager.request.post('/till/tie', { form, headers: { origin: shop.origin }, maxRedirects: 0 })
  const cookies = await manager.context().cookies()
  await page.context().addCookies(cookies.filter(({ name }) => name === 'till'))
  await page.goto('/till')
  return page
}

const total = (page: Page, amount: string) => page.locator('.till-total .sum dd', { hasText: amount }).waitFor()
const units = (page: Page, text: string) => page.locator('.till-total small', { hasText: text }).waitFor()
const tile = (page: Page, at: number) => page.locator('.till-products button').nth(at)
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

/** A product that has been sold, and what it last sold for. */
const [product] = await shop.ask(sql<{ sku: string; name: string; price: string }>`
  select sku, name, to_char((amount + discount) / quantity, 'FM999990.00') as price
  from sale_line line join product on product.id = product_id
  where quantity = 1 and (select count(*) from product other where other.sku = product.sku) = 1
    and not exists (select from sale_line later where later.product_id = line.product_id and later.sale_id > line.sale_id)
  order by sale_id desc limit 1
`)
if (!product) throw new Error('Nothing has been sold')
const price = `$${product.price}`

t.test('a whole sale with JavaScript off: found, refused in words, put right and paid', async (t) => {
  const page = await atTill(t, 'staff', { ...TERMINAL, javaScriptEnabled: false, allow: [422] })
  await page.getByLabel('Find a customer').fill('aaron hawkins')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Aaron Hawkins' }).click()
  await page.locator('.till-buyer', { hasText: 'Customers in Corporate can buy now and pay later.' }).waitFor()
  await page.getByLabel('Scan or find').fill(product.sku)
  await page.keyboard.press('Enter')
  await total(page, price)
  await page.getByLabel('Quantity').fill('2')
  await button(page, `One ${product.name} more`).click()
  await units(page, '3 units')
  await button(page, 'Sell to Walk-in instead').click()
  await page.getByLabel('Off by hand').fill('50%')
  await page.keyboard.press('Enter')
  await page.getByText('Taken off by hand').waitFor()
  await button(page, 'Cash').click()
  await page.getByRole('alert').getByText('Customers in Walk-in can’t be given manual discounts.').waitFor()
  await button(page, 'Remove the discounts').click()
  await button(page, 'Cash').click()
  await page.getByText('Ready for the next customer.').waitFor()
  await page.goBack()
  await page.getByText('Receipt T-').first().waitFor()
})

t.test(
  'a scanner’s code is a product wherever it is typed, and a field that was typed into stays as it was',
  async (t) => {
    const page = await atTill(t, 'staff', { viewport: TERMINAL.viewport })
    await page.keyboard.type(product.sku)
    await page.keyboard.press('Enter')
    await total(page, price)
    await page.getByLabel('Price of one').focus()
    await page.keyboard.type(product.sku)
    await page.keyboard.press('Enter')
    await units(page, '2 units')
    t.equal(await page.getByLabel('Price of one').inputValue(), product.price)
    await page.getByLabel('Price of one').fill('1.00')
    await page.keyboard.press('Tab')
    await total(page, '$2.00')
    t.equal(await page.locator(':focus').getAttribute('id'), 'discount-1', 'the keyboard goes on where it was')
    await button(page, 'Clear').click()
    await page.getByText('Scan a product, or choose one.').waitFor()
  }
)

t.test('with a finger the number pad comes to a field, and types into it', async (t) => {
  const page = await atTill(t, 'staff')
  const pad = page.getByRole('group', { name: 'Number pad' })
  const key = (name: string) => pad.getByRole('button', { name, exact: true }).tap()
  await tile(page, 0).tap()
  await page.getByLabel('Quantity').tap()
  await pad.waitFor()
  for (const name of ['1', '2', '3', 'Delete the last digit', 'Enter']) await key(name)
  await units(page, '12 units')
  t.equal(await pad.isVisible(), false)
  await page.getByLabel('Find a customer').tap()
  for (const name of ['4', '0', '5']) await key(name)
  await page.locator('#found .row').first().waitFor()
  await button(page, 'Clear').first().click()
})

t.test('two quick clicks are one sale, and Lock leads to the sign-in', async (t) => {
  const page = await atTill(t, 'staff')
  await tile(page, 0).click()
  await button(page, 'Card').dblclick()
  await page.getByText('Ready for the next customer.').waitFor()
  const [sold] = await shop.ask(
    sql<{
      n: number
    }>`select count(*)::int as n from sale where uuid = ${new URL(page.url()).searchParams.get('sold')}`
  )
  t.equal(sold?.n, 1)
  await tile(page, 0).click()
  await units(page, '1 unit')
  await button(page, 'Lock').click()
  await page.waitForURL(/\/sign-in/)
})

t.test('what may be done is on the screen soon after the answer, with the CPU slowed 6 times', async (t) => {
  const page = await atTill(t, 'staff')
  await page.getByLabel('Find a customer').fill('aaron hawkins')
  await page.getByRole('button', { name: 'Aaron Hawkins' }).waitFor()
  const session = await page.context().newCDPSession(page)
  await session.send('Emulation.setCPUThrottlingRate', { rate: 6 })
  const shown = page.evaluate<number>(`new Promise((shown) => new MutationObserver((_, seen) => {
    if (!document.querySelector('.till-buyer .primary')) return
    seen.disconnect()
    const isAnswer = ({ name }) => name.endsWith('/till')
    const answered = () => performance.getEntriesByType('resource').filter(isAnswer).at(-1).responseEnd
    requestAnimationFrame(() => setTimeout(() => shown(performance.now() - answered())))
  }).observe(document.body, { subtree: true, childList: true }))`)
  await page.getByRole('button', { name: 'Aaron Hawkins' }).click()
  const took = await shown
  t.ok(took < 300, `${Math.round(took)} ms`)
})

for (const [name, options] of [
  ['a terminal', TERMINAL],
  ['a phone', PHONE]
] as const) {
  t.test(`on ${name} nothing is cut off, and all can be touched`, async (t) => {
    const page = await atTill(t, 'manager', options)
    await page.getByLabel('Find a customer').fill('aaron hawkins')
    await page.getByRole('button', { name: 'Aaron Hawkins' }).click()
    await page.locator('.till-buyer .primary').waitFor()
    await tile(page, 0).click()
    await units(page, '1 unit')
    await page.getByText('Split payment').click()
    await page.getByText('Last purchases').click()
    t.same(await smallTargets(page), [])
    t.equal(await overflow(page), 0)
    t.same(await missingIcons(page), [])
    await page
      .getByRole('button', { name: /^Return from/ })
      .first()
      .click()
    await page.getByText('can come back').first().waitFor()
    t.same(await smallTargets(page), [])
    t.equal(await overflow(page), 0)
    await button(page, 'Clear').first().click()
    await page.getByText('Scan a product, or choose one.').waitFor()
  })
}
