import type { Page } from 'playwright-core'
import type { Visit } from './pages.ts'

/** Ties the window's browser to a till, unless it is, and begins anew. */
async function atTill(page: Page): Promise<void> {
  await page.goto('/till')
  if (await page.locator('form.till').count()) {
    const clear = page.getByRole('button', { name: 'Clear', exact: true })
    if (await clear.count()) await clear.first().click()
  } else {
    await page.getByRole('button', { name: 'Tie this browser' }).click()
  }
  await page.getByText('Scan a product, or choose one.').waitFor()
}

async function addOne(page: Page): Promise<void> {
  await page.locator('.till-products button').first().click()
  await page.locator('.till-line').first().waitFor()
}

async function choose(page: Page, name: string): Promise<void> {
  await page.getByLabel('Find a customer').fill(name)
  await page.getByRole('button', { name }).click()
  await page.locator('.till-buyer .primary').waitFor()
}

const screen = (name: string, work: (page: Page) => Promise<unknown>): Visit => ({
  name,
  async open(page) {
    await atTill(page)
    await work(page)
  }
})

/** The till's own screen, as whoever may tie a browser sees it. */
export const TILL_PAGES: Visit[] = [
  { name: 'Till, not tied', open: (page) => page.goto('/till') },
  screen('Till, empty', async () => {}),
  screen('Till, searches', async (page) => {
    await page.getByLabel('Find a customer').fill('aaron')
    await page.locator('#found button').first().waitFor()
    await page.getByLabel('Scan or find').fill('zzz')
    await page.getByText('No product matches').waitFor()
  }),
  screen('Till, a cart that is split', async (page) => {
    await choose(page, 'Aaron Hawkins')
    await addOne(page)
    await page.getByText('Last purchases').click()
    await page.getByText('Split payment').click()
  }),
  screen('Till, refused', async (page) => {
    await addOne(page)
    await page.getByLabel('Off by hand').fill('10%')
    await page.keyboard.press('Enter')
    await page.getByText('Taken off by hand').waitFor()
    await page.getByRole('button', { name: 'Cash', exact: true }).click()
    await page.locator('.till-refused').waitFor()
  }),
  screen('Till, what can’t be read', async (page) => {
    await addOne(page)
    await page.getByLabel('Quantity').fill('two')
    await page.keyboard.press('Enter')
    await page.locator('.till-line .error').waitFor()
  }),
  screen('Till, a return', async (page) => {
    await choose(page, 'Aaron Hawkins')
    await page.getByText('Last purchases').click()
    await page
      .getByRole('button', { name: /^Return from/ })
      .first()
      .click()
    await page.getByText('can come back').first().waitFor()
  }),
  screen('Till, a receipt that nobody has', async (page) => {
    await page.getByText('Return by receipt').click()
    await page.getByLabel('Receipt number').fill('T-0')
    await page.keyboard.press('Enter')
    await page.getByText('No sale has the receipt T-0.').waitFor()
  }),
  screen('Till, sold', async (page) => {
    await addOne(page)
    await page.getByRole('button', { name: 'Cash', exact: true }).click()
    await page.getByText('Ready for the next customer.').waitFor()
  }),
  { name: 'Till, a new customer', open: (page) => page.goto('/till/new-customer?q=Zoe Hart') },
  {
    name: 'Till, a new customer, refused',
    async open(page) {
      await page.goto('/till/new-customer')
      await page.getByRole('button', { name: 'Add customer' }).click()
      await page.locator('.error-summary').waitFor()
    }
  },
  { name: 'Tied browsers', open: (page) => page.goto('/till/browsers') }
]
