import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { loadAssets } from '../../src/web/assets.ts'

const CSS = new URL('../../public/css/', import.meta.url)

const assets = loadAssets()
const sheetOf = (name: string) => assets.byUrl.get(assets.url(name))?.bodies.identity().toString() ?? ''
const sheet = sheetOf('app.css')
/** Beside it, for the till's own screen alone. */
const tillSheet = sheetOf('till.css')

/** Lines that open a rule, or set a property of a screen's own. */
const linesOf = (css: string) => (css.match(/^\s*(?!\s|--).*[{;]$/gm) ?? []).length

t.test(
  'the style sheet and the till’s hold every file of public/css once, and nothing for readers of the source',
  async (t) => {
    const read = (name: string) => readFileSync(new URL(name, CSS), 'utf8')
    const files = readdirSync(CSS).filter((name) => name !== 'till.css')
    const lines = files.reduce((total, name) => total + linesOf(read(name)), 0)
    t.ok(lines > 1000, `${lines} lines in ${files.length} files`)
    t.equal(linesOf(sheet), lines)
    t.equal(linesOf(tillSheet), linesOf(read('till.css')) + linesOf(read('tokens.css')), 'which names its tokens too')
    for (const one of [sheet, tillSheet]) t.notMatch(one, /@import|\/\*|^\s/m)
    t.equal([...assets.byUrl.keys()].filter((url) => url.endsWith('.css')).length, 2)
  }
)

t.test('a browser is asked to look up only what differs by screen, and finds all of it', async (t) => {
  const asked = new Set([...sheet.matchAll(/var\((--[\w-]+)/g)].map(([, name]) => name))
  for (const name of asked) {
    const set = sheet.split(`\n${name}: `).length - 1
    t.ok(set > 1, `${name} is set ${set} times`)
  }
  t.match(sheet, /\.button,\n\.icon-button \{[^}]*\bpadding: 8px 16px;[^}]*\bborder-radius: 6px;/)
})
