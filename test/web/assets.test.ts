import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { loadAssets } from '../../src/web/assets.ts'

const CSS = new URL('../../public/css/', import.meta.url)

/** Lines that open a rule, or set a property. */
const linesOf = (sheet: string) => (sheet.match(/[{;]$/gm) ?? []).length

t.test(
  'one style sheet holds every file of public/css once, without what is there for readers of the source',
  async (t) => {
    const assets = loadAssets()
    const sheet = assets.byUrl.get(assets.url('app.css'))?.bodies.identity().toString() ?? ''
    const files = readdirSync(CSS).map((name) => readFileSync(new URL(name, CSS), 'utf8'))
    t.not(files.length, 0)
    t.equal(
      linesOf(sheet),
      files.reduce((total, file) => total + linesOf(file), 0)
    )
    t.notMatch(sheet, /@import|\/\*|^\s/m)
    t.same([...assets.byUrl.keys()].filter((url) => url.endsWith('.css')).length, 1)
  }
)
