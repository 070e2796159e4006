import { readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { testApp } from '../helper.ts'
import { readDocument } from './document.ts'

const KEPT = new URL('../../docs/openapi.json', import.meta.url)

const shop = await testApp(t)
const { document, operations } = await readDocument(shop)

t.test(
  'the API is described as docs/openapi.json says, so that whoever reviews a change sees what changes for tills',
  async (t) => {
    const served = `${JSON.stringify(document, null, 2)}\n`
    if (process.env.OPENAPI === 'write') writeFileSync(KEPT, served)
    t.equal(served, readFileSync(KEPT, 'utf8'), 'if it is meant to change: npm run openapi')
  }
)

t.test('answers may grow, what is sent may not, and each address has a name', async (t) => {
  const names = operations.map(({ id }) => id)
  t.equal(new Set(names).size, names.length)
  const closed = Object.entries(document.components.schemas).filter(([, one]) => one.additionalProperties === false)
  t.ok(
    closed.every(([name]) => /^New|^CustomerChange$|^Batch$/.test(name)),
    closed.map(([name]) => name).join()
  )
})
