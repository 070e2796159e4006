import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'orval'
import t, { type Test } from 'tap'
import { testApp } from '../helper.ts'
import { addCustomer, addGroup } from '../shop.ts'
import { programOf, saleBody } from './till.ts'

interface Answer {
  status: number
  headers: Headers
  data: Record<string, unknown>
}

/** Its functions are called as the document's operations. */
type Client = Record<string, (...given: unknown[]) => Promise<Answer>>

const TSC = new URL('../../node_modules/.bin/tsc', import.meta.url).pathname
const STRICTLY = '--noEmit --ignoreConfig --strict --target es2024 --module nodenext --lib es2024,dom --types'.split(
  ' '
)

/** A client of the API in TypeScript, made of its document alone by a program that we did not write. */
async function makeClient(t: Test, address: string): Promise<{ client: Client; mistakes: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-client-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}')
  const file = join(folder, 'client.ts')
  await generate({
    input: { target: `${address}/api/v1/openapi.json` },
    output: { target: file, client: 'fetch', mode: 'single', baseUrl: `${address}/api/v1` }
  })
  // tap would load its own loader into the compiler, by this variable.
  const compile = ['NODE_OPTIONS=', process.execPath, TSC, ...STRICTLY, '', file]
  const checked = spawnSync('env', compile, { encoding: 'utf8' })
  return { client: await import(file), mistakes: checked.stdout + checked.stderr }
}

t.test('a client that is generated from the document sells, sends again and brings back', async (t) => {
  const shop = await testApp(t)
  const trade = await addGroup(shop.em, 'Trade', { allowsOnAccount: true })
  const ann = await addCustomer(shop.em, { group: trade, phone: '+12065550123' })
  const { key } = await programOf(shop)
  const { client, mistakes } = await makeClient(t, await shop.app.listen({ host: '127.0.0.1', port: 0 }))
  t.equal(mistakes, '', 'what is generated is right TypeScript')
  const ask = (name: string, ...given: unknown[]) => {
    const operation = client[name]
    if (!operation) throw new Error(`The client has no ${name}`)
    return operation(...given, { headers: { authorization: `Bearer ${key}` } })
  }

  t.match(await ask('listCustomers', { phone: '(206) 555-0123' }), { status: 200, data: { items: [{ id: ann }] } })
  const policy = await ask('getPolicy', ann)
  t.match(policy, { status: 200, data: { group: { name: 'Trade' }, on_account: { allowed: true } } })

  const sale = saleBody({ customer_id: ann, tenders: { on_account: '20.00' } })
  const first = await ask('recordSale', sale)
  t.match(first, { status: 201, data: { id: sale.id, total: '20.00', decision: { group_id: trade } } })
  const again = await ask('recordSale', sale)
  t.match([again.status, again.headers.get('idempotent-replayed')], [200, 'true'])
  t.same(again.data, first.data)

  const lines = [{ sku: 'RUG', name: 'Rug', quantity: '-1', amount: '-10.00' }]
  const back = saleBody({ customer_id: ann, returns: sale.id, lines, tenders: { on_account: '-10.00' } })
  t.match(await ask('recordSale', back), { status: 201, data: { returns: sale.id, flagged: false } })
  const refused = await ask('recordSale', saleBody({ tenders: { on_account: '20.00' } }))
  t.match(refused, { status: 422, data: { code: 'on-account-not-allowed', decision: { settings_version: 1 } } })

  t.match(await ask('recordSales', { sales: [sale, saleBody()] }), {
    data: { items: [{ status: 200 }, { status: 201, sale: { total: '20.00' } }] }
  })
  t.match(await ask('listCustomerSales', ann, { limit: 5 }), { data: { items: [{ id: back.id }, { id: sale.id }] } })
  t.match(await ask('findSale', { receipt: sale.receipt }), { data: { items: [{ id: sale.id }] } })
  t.match(await ask('getPolicy', ann), { data: { on_account: { balance: '10.00' } } })
})
