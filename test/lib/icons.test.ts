import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { drawIcons, GEAR_INKS, ICONS, iconsAt } from '../../src/lib/icons.ts'
import { testApp } from '../helper.ts'
import { addCustomer } from '../shop.ts'

const files = (folder: string, ending: string) =>
  readdirSync(new URL(`../../${folder}`, import.meta.url), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending) && name !== 'web/icons.ts')
    .map((name) => readFileSync(new URL(`../../${folder}/${name}`, import.meta.url), 'utf8'))
const source = [...files('views', '.eta'), ...files('src', '.ts')].join('\n')

t.test('the file of icons holds those that are used, and no other', async (t) => {
  const named = new Set([...source.matchAll(/\bicon(?:\(|: )'([a-z0-9-]+)'/g)].map(([, name]) => name ?? ''))
  t.ok(named.size > 30)
  const known: readonly string[] = ICONS
  t.same(
    [...named].filter((name) => !known.includes(name)),
    [],
    'used but not in src/lib/icons.ts'
  )
  t.same(
    known.filter((name) => !source.includes(`'${name}'`)),
    [],
    'there but not used'
  )
})

t.test('each icon is a shape that takes its colour and its lines from where it stands', async (t) => {
  const symbols = [...drawIcons().matchAll(/<symbol id="([a-z0-9-]+)" viewBox="0 0 24 24">(.+?)<\/symbol>/g)]
  t.same(
    symbols.map(([, name]) => name),
    [...ICONS]
  )
  for (const [, name = '', shapes = ''] of symbols) {
    t.match(shapes, /<(path|circle|rect) /, name)
    t.notMatch(shapes, /stroke|fill="(?!currentColor)|style|script|href/, name)
  }
  t.throws(() => iconsAt('/icons.svg')('no-such'), /The icon no-such is not among those/)
})

t.test('browsers fetch it once, small, under the policy that pages have', async (t) => {
  const { anonymous, as } = await testApp(t)
  const page = await (await as('staff')).get('/customers')
  const url = /<use href="([^"#]+)#user"/.exec(page.body)?.[1] ?? ''
  const file = await anonymous.get(url, { 'accept-encoding': 'br' })
  t.match(file.headers, {
    'content-type': 'image/svg+xml',
    'content-encoding': 'br',
    'cache-control': 'public, max-age=31536000, immutable'
  })
  t.ok(file.rawPayload.length < 2_000, `${file.rawPayload.length} bytes`)
  t.match(
    page.headers['content-security-policy'],
    "default-src 'self'",
    'which is what Firefox 115 asks whether it may be fetched'
  )
})

t.test(
  'a row’s gear is a picture of the style sheet in its quiet ink, which needs nothing within the row',
  async (t) => {
    const { anonymous, as, em } = await testApp(t)
    await addCustomer(em)
    const list = await (await as('staff')).get('/customers')
    const row = /<tbody>.+?<\/tr>/s.exec(list.body)?.[0] ?? ''
    t.match(row, /class="icon-button gear"[^>]+aria-label="Quick settings for [^"]+"><\/a>/)
    t.notMatch(row, '<svg')
    const sheet = await anonymous.get(/href="(\/assets\/app[^"]+css)"/.exec(list.body)?.[1] ?? '')
    const quiet = [...sheet.body.matchAll(/--quiet: (#\w+);/g)].map(([, ink]) => ink)
    const gears = [...sheet.body.matchAll(/--gear: url\((.+?)\);/g)].map(([, url]) => url ?? '')
    t.same(Object.values(GEAR_INKS), quiet, 'light, then dark')
    t.match(sheet.body, /\.gear \{[^}]*background: var\(--gear\)/)
    t.equal(gears.length, quiet.length)
    for (const [at, url] of gears.entries()) {
      const picture = await anonymous.get(url)
      t.match(picture.headers, { 'content-type': 'image/svg+xml', 'cache-control': /immutable/ })
      t.match(picture.body, `stroke="${quiet[at]}"`)
    }
  }
)
