import t from 'tap'
import { openShop } from './browser.ts'
import { heading, main, toast } from './main-job.ts'

const shop = await openShop(t)

t.test('a new customer is in Default; the gear leads to the histories, and to deleting', async (t) => {
  const page = await shop.as(t, 'manager')
  await page.goto('/customers')
  await main(page).getByRole('link', { name: 'New Customer' }).click()
  await page.getByLabel('First name').fill('Zora')
  await page.getByLabel('Last name').fill('Quill')
  await page.getByLabel('E-mail').fill('zora.quill@example.com')
  await page.getByRole('button', { name: /^(Save|Create)/ }).click()
  await heading(page, 'Zora Quill')
  await page.getByText('Default, the primary group, decides.').waitFor()

  await page.goto('/groups/1/customers?q=quill')
  const row = page.getByRole('row').filter({ hasText: 'Zora Quill' })
  const gear = row.locator('.more > a')
  await gear.click()
  await row.getByRole('link', { name: 'Order History' }).click()
  await page.waitForURL(/\/orders$/)
  await page.goBack()
  await gear.click()
  await row.getByRole('link', { name: 'Account History' }).click()
  await page.waitForURL(/\/account$/)
  await page.goBack()
  await gear.click()
  t.equal(await row.getByRole('button', { name: 'Remove from group' }).count(), 0, 'nobody is removed from Default')
  await row.getByRole('link', { name: 'Delete customer...' }).click()
  await page.getByRole('heading', { name: 'Delete Zora Quill?' }).waitFor()
  await page.getByRole('textbox').last().fill('Zora Quill')
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Delete/ })
    .click()
  await toast(t, page, 'Zora Quill is deleted.')
  await page.goto('/customers?q=quill')
  await page.getByText('No customer matches').waitFor()
})
