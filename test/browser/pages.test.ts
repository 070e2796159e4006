import { gzipSync } from 'node:zlib'
import { sql } from 'kysely'
import type { Page } from 'playwright-core'
import t from 'tap'
import { contrastOn, equip, violationsOn } from './axe.ts'
import { openShop } from './browser.ts'
import { mistakesIn } from './html.ts'
import { missingIcons } from './measure.ts'
import { pagesOf } from './pages.ts'
import { fetchRaw } from './wire.ts'

const shop = await openShop(t, { version: 'current' })

const KB = 1000

/** What a low-powered browser has to read and build before it shows anything. */
interface Budget {
  bytes: number
  elements: number
}
const PAGE: Budget = { bytes: 40 * KB, elements: 700 }
const LIST: Budget = { bytes: 30 * KB, elements: 700 }
const PICKER: Budget = { bytes: 30 * KB, elements: 750 }
/** All countries, time zones and currencies stand there to choose from. */
const LONG_CHOICES = /\/(settings$|set-up)/

async function tooHeavy(page: Page, html: string, budget: Budget): Promise<string[]> {
  const count = '(html) => new DOMParser().parseFromString(html, "text/html").querySelectorAll("*").length'
  const weight = {
    bytes: Buffer.byteLength(html),
    elements: await page.evaluate<number>(`(${count})(${JSON.stringify(html)})`)
  }
  const names = ['bytes', 'elements'] as const
  return names.filter((name) => weight[name] > budget[name]).map((name) => `${weight[name]} ${name}`)
}

for (const { role, visits } of await pagesOf(shop)) {
  t.test(`every page for ${role ?? 'anybody'} is valid HTML and bars nobody, in light and dark`, async (t) => {
    const options = { allow: [401, 403, 404, 409, 422], reducedMotion: 'reduce' as const }
    const page = role ? await shop.as(t, role, options) : await shop.visit(t, options)
    await equip(page)
    const answers: Promise<string | null>[] = []
    page.on('response', (response) => {
      const type = response.headers()['content-type'] ?? ''
      if (type.startsWith('text/html') && response.status() !== 303 && response.status() !== 204)
        // A page that looks again by itself, and is left meanwhile, has an answer that never comes to its end, or is gone.
        answers.push(response.finished().then((failure) => (failure ? null : response.text().catch(() => null))))
    })
    for (const { name, open } of visits) {
      answers.length = 0
      await page.emulateMedia({ colorScheme: 'light' })
      await open(page)
      const pages = (await Promise.all(answers)).filter((html) => html !== null)
      t.not(pages.length, 0, `${name} was asked for`)
      for (const html of pages) {
        t.same(await mistakesIn(html), [], `${name}: its HTML is valid`)
        if (!LONG_CHOICES.test(page.url())) t.same(await tooHeavy(page, html, PAGE), [], `${name}: it is light`)
      }
      t.same(await missingIcons(page), [], `${name}: its icons are drawn`)
      t.same(await violationsOn(page), [], `${name}: no barrier`)
      await page.emulateMedia({ colorScheme: 'dark' })
      t.same(await contrastOn(page), [], `${name}: nor in the dark`)
    }
  })
}

/** Lists of 25 rows; the pickers of customers once more with the columns that they are to have. */
const FULL_LISTS: { path: string; budget: Budget; isOfCustomers: boolean; hasContacts?: boolean }[] = [
  { path: '/customers', budget: LIST, isOfCustomers: true, hasContacts: true },
  { path: '/customers?q=aaliyah', budget: LIST, isOfCustomers: true, hasContacts: true },
  { path: '/groups/3/customers', budget: LIST, isOfCustomers: true, hasContacts: true },
  { path: '/groups/3/add', budget: PICKER, isOfCustomers: true },
  { path: '/groups/3/remove', budget: PICKER, isOfCustomers: true },
  { path: '/customers?filters=open', budget: PAGE, isOfCustomers: true, hasContacts: true },
  { path: '/groups/3/add?filters=open', budget: { ...PAGE, elements: PICKER.elements }, isOfCustomers: true },
  { path: '/groups', budget: LIST, isOfCustomers: false },
  { path: '/groups/3/products', budget: LIST, isOfCustomers: false },
  { path: '/activity', budget: LIST, isOfCustomers: false },
  { path: '/settings/tills', budget: LIST, isOfCustomers: false },
  { path: '/settings/shops/1', budget: LIST, isOfCustomers: false }
]
const ON_THE_WIRE = 7 * KB

/** Long names of many kinds, who spend much: the first of every list. */
async function fillWithLongNames(): Promise<void> {
  await shop.ask(sql`
    update customer set first_name = 'Aaliyah ' || substr(md5(id::text), 1, 8), last_name = 'Featherstone-' || id,
      location = 'San Francisco ' || id % 7, phone = '+1206' || lpad((id * 7919 % 10000000)::text, 7, '0'),
      email = 'aaliyah.featherstone.' || id || '@example.com', gender = coalesce(gender, 'female'), birth_date = coalesce(birth_date, '1990-01-01')
    where id in (select customer_id from primary_membership where group_id = 3 order by customer_id limit 60)
      or id in (select customer_id from primary_membership where group_id = 4 order by customer_id limit 60)
  `)
  await shop.ask(sql`update customer_totals set orders = 1234, spent = 1000000 + customer_id * 7.31`)
}

/** The list with a phone and an e-mail for each customer, all long and all different. */
function withContacts(html: string): string {
  const columns = '<th scope="col">Phone</th><th scope="col">E-mail</th>'
  const cells = (id: string) => {
    const number = String(Number(id) * 7919)
      .padStart(7, '0')
      .slice(-7)
    return `<td data-label="Phone">(206) ${number.slice(0, 3)}-${number.slice(3)}</td><td data-label="E-mail">aaliyah.featherstone.${id}@example.com</td>`
  }
  return html
    .replace(/(<th scope="col" aria-sort[^>]*>(?:(?!<\/th>).)*<\/th>)/s, `$1${columns}`)
    .replace(/<td class="name"><a href="\/customers\/(\d+)">.*?<\/td>/gs, (cell, id) => cell + cells(id))
}

t.test('full lists stay light, also with a phone and an e-mail in each row', async (t) => {
  await fillWithLongNames()
  await shop.ask(sql`
    insert into customer_group (kind, name) select 'list', 'Newsletter of month ' || month from generate_series(1, 30) month
  `)
  await shop.ask(sql`insert into shop (name) select 'Shop of the long street ' || n from generate_series(1, 196) n`)
  await shop.ask(sql`insert into till (shop_id, name) select 1, 'Counter ' || n from generate_series(1, 60) n`)
  const page = await shop.as(t, 'admin')
  for (const { path, budget, isOfCustomers, hasContacts = false } of FULL_LISTS) {
    const html = (await (await page.goto(path))?.text()) ?? ''
    t.equal(await page.locator('main tbody tr').count(), 25, `${path} is full`)
    const full = isOfCustomers && !hasContacts ? withContacts(html) : html
    const emails = full.match(/data-label="E-mail"|<span class="mail/g)
    t.equal(emails?.length ?? 0, isOfCustomers ? 25 : 0)
    t.same(await tooHeavy(page, full, budget), [], `${path}: ${full.length} characters`)
    const compressed = gzipSync(full, { level: 6 }).length
    t.ok(compressed < ON_THE_WIRE, `${path} is ${compressed} bytes over the wire`)
  }
})

const OTHER_LARGE_PAGES = ['/groups/3', '/groups/compare?ids=3&ids=4&ids=5&ids=7']

for (const encoding of ['br', 'gzip']) {
  t.test(`pages stay small over the wire (${encoding})`, async (t) => {
    const page = await shop.as(t, 'admin')
    const cookies = await page.context().cookies()
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
    const headers = { 'accept-encoding': encoding, cookie }
    for (const path of [...FULL_LISTS.map((list) => list.path), ...OTHER_LARGE_PAGES]) {
      const { status, bytes, headers: said } = await fetchRaw(shop.origin + path, headers)
      t.same([status, said['content-encoding']], [200, encoding])
      t.ok(bytes < ON_THE_WIRE, `${path} is ${bytes} bytes`)
    }
    await page.goto('/groups')
    const assets = await page.evaluate<string[]>(
      '[...document.querySelectorAll("link[rel=stylesheet], script")].map((one) => one.href || one.src)'
    )
    const weigh = async (ending: string) => {
      const files = await Promise.all(assets.filter((one) => one.endsWith(ending)).map((one) => fetchRaw(one, headers)))
      t.not(files.length, 0, `there are ${ending} files`)
      for (const { headers: said } of files) {
        t.match(said, { 'content-encoding': encoding, 'cache-control': 'public, max-age=31536000, immutable' })
      }
      return files.reduce((total, { bytes }) => total + bytes, 0)
    }
    const css = await weigh('.css')
    t.ok(css < 14 * KB, `all style sheets are ${css} bytes`)
    const js = await weigh('.js')
    t.ok(js < 18 * KB, `all scripts are ${js} bytes`)
  })
}
