import { sql } from 'kysely'
import t from 'tap'
import { contrastOn, violationsOn } from './axe.ts'
import { openShop } from './browser.ts'
import { mistakesIn } from './html.ts'
import { pagesOf } from './pages.ts'
import { fetchRaw } from './wire.ts'

const shop = await openShop(t, { version: 'current' })

for (const { role, visits } of await pagesOf(shop)) {
  t.test(`every page for ${role ?? 'anybody'} is valid HTML and bars nobody, in light and dark`, async (t) => {
    const options = { allow: [401, 403, 404, 409, 422], reducedMotion: 'reduce' as const }
    const page = role ? await shop.as(t, role, options) : await shop.visit(t, options)
    const answers: Promise<string | null>[] = []
    page.on('response', (response) => {
      const type = response.headers()['content-type'] ?? ''
      if (type.startsWith('text/html') && response.status() !== 303 && response.status() !== 204)
        // A page that looks again by itself, and is left meanwhile, has an answer that never comes to its end.
        answers.push(response.finished().then((failure) => (failure ? null : response.text())))
    })
    for (const { name, open } of visits) {
      answers.length = 0
      await page.emulateMedia({ colorScheme: 'light' })
      await open(page)
      t.not(answers.length, 0, `${name} was asked for`)
      for (const html of await Promise.all(answers))
        if (html !== null) t.same(await mistakesIn(html), [], `${name}: its HTML is valid`)
      t.same(await violationsOn(page), [], `${name}: no barrier`)
      await page.emulateMedia({ colorScheme: 'dark' })
      t.same(await contrastOn(page), [], `${name}: nor in the dark`)
    }
  })
}

const KB = 1000
const FULL_PAGES = ['/groups', '/customers', '/groups/3/customers', '/groups/3/products', '/groups/3/add', '/activity']
const OTHER_LARGE_PAGES = ['/groups/3', '/groups/compare?ids=3&ids=4&ids=5&ids=7']

for (const encoding of ['br', 'gzip']) {
  t.test(`pages stay small over the wire (${encoding})`, async (t) => {
    await shop.ask(sql`
      insert into customer_group (kind, name) select 'list', 'Newsletter of month ' || month || ', ${sql.raw(encoding)}' from generate_series(1, 30) month
    `)
    const page = await shop.as(t, 'manager')
    const cookies = await page.context().cookies()
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
    const headers = { 'accept-encoding': encoding, cookie }
    for (const path of FULL_PAGES) {
      await page.goto(path)
      t.equal(await page.locator('main tbody tr').count(), 25, `${path} is full`)
      const { status, bytes, headers: said } = await fetchRaw(shop.origin + path, headers)
      t.same([status, said['content-encoding']], [200, encoding])
      t.ok(bytes < 20 * KB, `${path} is ${bytes} bytes`)
    }
    for (const path of OTHER_LARGE_PAGES) {
      const { status, bytes } = await fetchRaw(shop.origin + path, headers)
      t.equal(status, 200)
      t.ok(bytes < 20 * KB, `${path} is ${bytes} bytes`)
    }
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
