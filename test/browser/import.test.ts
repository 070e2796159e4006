import { writeFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { checkImport } from '../../src/imports/check.ts'
import { NOW, openShop, PHONE } from './browser.ts'
import { HEADS } from './imports.ts'
import { overflow } from './measure.ts'

const shop = await openShop(t)
const folder = await mkdtemp(join(tmpdir(), 'clientele-import-'))
t.teardown(() => rm(folder, { recursive: true, force: true }))

function fileOf(name: string, ...rows: string[]): string {
  const path = join(folder, name)
  writeFileSync(path, [HEADS, ...rows, ''].join('\r\n'))
  return path
}

/** As the worker does, which these tests have none of. */
async function doChecks(): Promise<void> {
  for (const { id } of await shop.ask(
    sql<{ id: number }>`select id from file_import where state in ('reading', 'checking')`
  ))
    await checkImport(shop.orm, id, () => NOW)
}

async function arrive(page: Page): Promise<void> {
  await page.waitForURL('**/imports/*')
  await doChecks()
}

const isIn = async (email: string, group: string) =>
  (
    await shop.ask(sql`
    select from customer join membership on customer_id = customer.id join customer_group grouped on grouped.id = group_id
    where email = ${email} and grouped.name = ${group}`)
  ).length === 1

/** Zwing's steps (docs/features.md): the menu, the dialog, the sample, Browse, the plan, Add Customers, the errors and their file. */
async function importByHand(t: Test, page: Page, mark: string, press: 'click' | 'tap'): Promise<void> {
  await page.goto('/groups/3')
  await page.locator('#options summary')[press]()
  await page.getByRole('link', { name: 'Bulk Import' })[press]()
  await page.getByRole('heading', { name: 'Import Customers' }).waitFor()
  const sample = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download Sample file' })[press]()
  const lines = (await readFile(await (await sample).path(), 'utf8')).split('\r\n')
  t.match(lines[0], HEADS)
  const file = fileOf(
    `${mark}.csv`,
    ...lines.slice(1, 3),
    `Nia,New,,${mark}.new@example.org,1990-02-03,f,Seattle`,
    `No,Contact,,,,,`
  )
  await page.getByLabel('Browse').setInputFiles(file)
  await arrive(page)
  await page.getByText('Rows in the file').waitFor()
  t.match(
    await page.locator('.buckets').innerText(),
    /Will be created\s+1[\s\S]+Skipped\s+2[\s\S]+Have errors\s+1[\s\S]+file\s+4/
  )
  t.equal(await page.locator('mark').innerText(), '(empty)', 'the wrong cell is marked')
  await page.getByRole('button', { name: 'Add 1 Customer', exact: true })[press]()
  await page.getByText('1 customer joined Consumer: 1 created.').waitFor()
  t.ok(await isIn(`${mark}.new@example.org`, 'Consumer'))

  const errors = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download errors as CSV' })[press]()
  const text = await readFile(await (await errors).path(), 'utf8')
  t.match(text, /Row,Errors\r\nNo,Contact,,,,,,5,/)
  writeFileSync(
    join(folder, `${mark} errors.csv`),
    text.replace('No,Contact,,,', `No,Contact,,${mark}.fixed@example.org,`)
  )
  await page.getByRole('link', { name: 'Upload another file' })[press]()
  await page.getByLabel('Browse').setInputFiles(join(folder, `${mark} errors.csv`))
  await arrive(page)
  await page.getByRole('button', { name: 'Add 1 Customer', exact: true })[press]()
  await page.getByText('1 customer joined Consumer').waitFor()
  t.ok(await isIn(`${mark}.fixed@example.org`, 'Consumer'), 'the corrected file adds the rest')
  await page.getByRole('button', { name: 'Undo' })[press]()
  await page.getByText('Undo deletes 1 customer created by this import.').waitFor()
  await page.getByRole('button', { name: 'Undo and delete 1 customer' })[press]()
  await page.getByText('1 customer created by the import was deleted.').first().waitFor()
  t.notOk(await isIn(`${mark}.fixed@example.org`, 'Consumer'))
}

t.test('with a mouse', async (t) => importByHand(t, await shop.as(t, 'manager'), 'mouse', 'click'))

t.test('on a phone', async (t) => importByHand(t, await shop.as(t, 'manager', PHONE), 'phone', 'tap'))

t.test('without JavaScript: a plain upload, and pages that refresh by themselves', async (t) => {
  const page = await shop.as(t, 'manager', { javaScriptEnabled: false })
  await page.goto('/groups/4/import')
  t.notOk(await page.getByText('drop a file here').isVisible(), 'nothing is offered that needs a script')
  await page.getByLabel('Browse').setInputFiles(fileOf('plain.csv', 'Pla,In,,plain@example.org,,,'))
  await page.getByRole('button', { name: 'Upload' }).click()
  await arrive(page)
  await page.getByRole('button', { name: 'Add 1 Customer', exact: true }).click()
  await page.getByText('1 customer joined Corporate').waitFor()
  t.ok(await isIn('plain@example.org', 'Corporate'))
})

t.test('a long unbroken cell, header or file name stays inside its table and card, at every size', async (t) => {
  const page = await shop.as(t, 'manager')
  await page.goto('/groups/6/import')
  t.ok(await page.getByText('drop a file here').isVisible())
  const long = 'x'.repeat(120)
  const rows = [`${long},${long},12,${long}.org,${long},${long},${long}`, `${long.slice(40)},,,wide@example.org,,,`]
  await page.getByLabel('Browse').setInputFiles(fileOf(`${long}.csv`, ...rows))
  await arrive(page)
  await page.getByText('Rows in the file').waitFor()
  const plan = page.url()
  for (const path of [plan, `${plan}/errors`, `${plan}/rows?which=create`]) {
    await page.goto(path)
    for (const width of [1280, 1024, 800, 390]) {
      await page.setViewportSize({ width, height: 800 })
      t.equal(await overflow(page), 0, `${path} at ${width} px`)
    }
  }
})

t.test('with the keyboard alone, and found again after leaving', async (t) => {
  const page = await shop.as(t, 'manager')
  await page.goto('/groups/5/import')
  await page.getByLabel('Browse').focus()
  await page.getByLabel('Browse').setInputFiles(fileOf('keys.csv', 'Ke,Ys,,keys@example.org,,,'))
  await arrive(page)
  await page.goto('/groups')
  await page.goto('/groups/5/import')
  const add = page.getByRole('button', { name: 'Add 1 Customer', exact: true })
  await add.focus()
  await page.keyboard.press('Enter')
  await page.getByText('1 customer joined').waitFor()
  t.ok(await isIn('keys@example.org', 'Home Office'))
})

async function chooseAndMend(t: Test, page: Page, mark: string): Promise<void> {
  const [known] = await shop.ask(sql<{ name: string; phone: string }>`
    select name, phone from customer join primary_membership on customer_id = id
    where phone is not null and name not like '%Zhu%' and group_id = 3 order by id limit 1`)
  const path = fileOf(
    `${mark}.csv`,
    `Zhu,Wei,${known?.phone},,,,`,
    `Men,Ded,12,,,,`,
    `Men,Two,,${mark}.two@example.org,,purple,`,
    `Men,Three,,${mark}.three@example.org,,purple,`
  )
  await page.goto('/groups/4/import?another')
  await page.getByLabel('Browse').setInputFiles(path)
  if (await page.getByRole('button', { name: 'Upload' }).isVisible())
    await page.getByRole('button', { name: 'Upload' }).click()
  await arrive(page)
  await page.getByText('Matched with a different name').or(page.getByText('(left out)')).first().waitFor()
  await page.getByRole('link', { name: 'Compare the names' }).click()
  await page
    .getByRole('row', { name: String(known?.name) })
    .getByRole('checkbox')
    .check()
  const save = page.getByRole('button', { name: 'Save ticks' })
  if (await save.isVisible()) await save.click()
  await page.getByText('1 ticked').waitFor()
  await page.getByRole('link', { name: 'Back to the plan' }).click()
  await page.getByText('1 ticked, counted above').waitFor()

  await page.getByLabel('Phone, row 3').fill(`206 555 740${mark.length}`)
  await page.keyboard.press('Enter')
  await page.getByText('Row 3 was corrected. This customer will be created.').waitFor()
  await page.getByLabel('Gender, row 4').fill('female')
  await page.getByLabel('Change all 2 rows like this').first().check()
  await page.getByRole('button', { name: 'Save row 4' }).click()
  await page.getByText('2 rows were corrected.').waitFor()
  t.notOk(await page.locator('#errors').isVisible(), 'no row is left with an error')
  await page.getByRole('button', { name: 'Add 4 Customers' }).click()
  await page.getByText('4 customers joined Corporate: 3 created, 1 moved').waitFor()
  t.ok(await isIn(`${mark}.three@example.org`, 'Corporate'))
}

t.test('a name that differs is ticked and wrong cells are mended, with the keyboard and the mouse', async (t) => {
  const page = await shop.as(t, 'manager')
  await chooseAndMend(t, page, 'mend')
  const path = fileOf('stay.csv', 'No,Phone,12,,,,', 'No,Mail,,nobody,,,')
  await page.goto('/groups/4/import?another')
  await page.getByLabel('Browse').setInputFiles(path)
  await arrive(page)
  await page.getByLabel('Email, row 3').fill('typed@example.org')
  await page.getByLabel('Phone, row 2').fill('34')
  await page.getByRole('button', { name: 'Save row 2' }).click()
  await page.getByText('Row 2 still has an error.').waitFor()
  t.equal(await page.getByLabel('Phone, row 2').inputValue(), '34', 'what was typed is kept')
  t.equal(await page.getByLabel('Email, row 3').inputValue(), 'typed@example.org', 'in other rows too')
})

t.test('and without JavaScript', async (t) =>
  chooseAndMend(t, await shop.as(t, 'manager', { javaScriptEnabled: false }), 'plainly')
)

t.test('a file that can’t be read says why, and leads to another try', async (t) => {
  const page = await shop.as(t, 'manager')
  await page.goto('/groups/5/import?another')
  const picture = join(folder, 'picture.csv')
  writeFileSync(picture, Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'))
  await page.getByLabel('Browse').setInputFiles(picture)
  await arrive(page)
  await page.getByText('This is a picture').waitFor()
  await page.getByRole('link', { name: 'Upload another file' }).click()
  await page.getByLabel('Browse').waitFor()
})

t.test('an upload that is refused says why, and the connection is not blamed', async (t) => {
  const page = await shop.as(t, 'manager', { allow: [403] })
  await page.goto('/groups/5/import?another')
  const become = (role: string) =>
    shop.ask(sql`update staff_member set role = ${role} where email = 'manager@demo.test'`)
  await become('staff')
  t.teardown(() => become('manager'))
  await page.getByLabel('Browse').setInputFiles(fileOf('late.csv', 'La,Te,,late@example.org,,,'))
  await page.locator('#flash').getByText('Only managers and admins can do this').waitFor()
  t.ok(await page.getByLabel('Browse').isVisible(), 'and another try can be made')
  t.notOk(await page.getByRole('progressbar').isVisible(), 'and nothing looks as if it were still on its way')
})
