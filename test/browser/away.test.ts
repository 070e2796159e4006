import t from 'tap'
import { breakableNetwork, type Network } from '../faults/proxy.ts'
import { openShop } from './browser.ts'
import { heading, main } from './main-job.ts'

let network: Network | undefined
const shop = await openShop(t, {
  by: async (url) => {
    network = await breakableNetwork(t, url)
    return network.url
  }
})

for (const javaScriptEnabled of [true, false]) {
  const how = `JavaScript ${javaScriptEnabled ? 'on' : 'off'}`

  t.test(`a page that the database was away for comes by itself when it is back, ${how}`, async (t) => {
    const page = await shop.as(t, 'staff', { javaScriptEnabled, allow: [503] })
    network?.fail()
    await page.goto('/groups')
    await page.getByText('The database can’t be reached. This page tries again by itself.').waitFor()
    network?.mend()
    await heading(page, 'Customer Groups')
  })

  t.test(`a form is given back to be sent again, ${how}`, async (t) => {
    const page = await shop.as(t, 'manager', { javaScriptEnabled, allow: [503] })
    const name = `Zoë "Z" ${javaScriptEnabled}`
    await page.goto('/customers/new')
    await page.getByLabel('First name').fill(name)
    await page.getByLabel('E-mail').fill(`away.${javaScriptEnabled}@example.com`)
    await page.getByLabel('West', { exact: true }).check({ force: true })
    network?.fail()
    await page.getByRole('button', { name: 'Save Customer' }).click()
    await heading(page, 'Send it again')
    await page.getByRole('button', { name: 'Send again' }).click()
    await page.getByText('The database can’t be reached. Nothing you typed is lost').waitFor()
    network?.mend()
    await page.getByRole('button', { name: 'Send again' }).click()
    await heading(page, name)
    await main(page).getByRole('link', { name: 'West', exact: true }).first().waitFor()
  })
}

t.test('a form in a window stays there, with a message', async (t) => {
  const page = await shop.as(t, 'manager', { allow: [503] })
  await page.goto('/groups/3')
  await main(page).getByRole('link', { name: 'Edit', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Description').fill('Two\nlines & <more>')
  network?.fail()
  await dialog.getByRole('button', { name: 'Save Changes' }).click()
  await page.getByText('The database can’t be reached. Nothing you typed is lost').waitFor()
  network?.mend()
  const again = page.getByRole('button', { name: /^(Save Changes|Send again)$/ })
  await again.click()
  await main(page).getByRole('definition').filter({ hasText: 'lines & <more>' }).waitFor()
})
