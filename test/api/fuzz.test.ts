import fc from 'fast-check'
import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { settleFigures } from '../../src/figures/settle.ts'
import { verifyFigures } from '../../src/figures/verify.ts'
import { SCOPE_NAMES } from '../../src/tills/scopes.ts'
import { testApp } from '../helper.ts'
import { addCustomer, addGroup, addList } from '../shop.ts'
import { readDocument } from './document.ts'
import { type Asked, rarely, requestsOf } from './requests.ts'
import { programOf, saleBody } from './till.ts'

const several = <One>(made: (n: number) => One): One[] => Array.from({ length: 9 }, (_, n) => made(n))

/** Of each operation. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 60)
/** An answer takes a hundredth of it; a machine that is busy with other things may take long. */
const LONGEST_MS = 10_000
/** Each key may ask 20 times a second, and this asks faster. */
const TILLS = 60

const shop = await testApp(t)
const { em } = shop
const { document, operations, findFault } = await readDocument(shop)
const keys = await Promise.all(
  Array.from({ length: TILLS }, (_, n) => programOf(shop, `Till ${n}`, SCOPE_NAMES).then(({ key }) => key))
)
const narrow = await programOf(shop, 'Narrow', ['customers:read'])
const ended = await programOf(shop, 'Ended')
await rows(em, sql`update till_key set ends_at = '2026-03-01' where till_id = ${ended.till}`)

const groups = [await addGroup(em, 'Trade', { allowsOnAccount: true, allowsDiscounts: true }), await addList(em, 'VIP')]
const customers = [1, await addCustomer(em, { group: groups[0] ?? 0, phone: '+12065550123' }), await addCustomer(em)]
const [seller, other] = [await programOf(shop, 'Till 0'), await programOf(shop, 'Till 1')]
const sold = await Promise.all(
  [seller, other].map((one) => one.post('/sales', saleBody({ customer_id: customers[1] })))
)
const sales = sold.map(({ body }) => body.id)
const pool = {
  ...{ '/customers': customers, customer_id: customers, ids: [customers.join(',')] },
  ...{ '/groups': groups, group_id: groups, list_ids: groups },
  ...{
    '/sales': sales,
    returns: sales,
    till_id: [seller.till, other.till],
    receipt: sold.map(({ body }) => body.receipt)
  },
  phone: ['206 555 0123', ...several((n) => `+1206555${1_000 + n}`)],
  email: ['A@B.CO', ...several((n) => `someone${n}@example.com`)],
  birth_date: ['1984-02-29'],
  version: several((n) => n + 1)
}

type Answer = Awaited<ReturnType<typeof shop.app.inject>>

const slowest = { took: 0, what: '' }
let turn = 0

/** What is wrong with the answer, or nothing. */
async function ask(asked: Asked, key = keys[turn++ % TILLS]): Promise<{ status: number; fault: string | undefined }> {
  const { method, url, headers, payload } = asked
  const began = performance.now()
  const authorization = key && { authorization: `Bearer ${key}` }
  const answer = await shop.app.inject({
    method: method as 'GET',
    url: `/api/v1${url}`,
    headers: { ...authorization, ...headers },
    ...(payload !== undefined && { payload })
  })
  const took = performance.now() - began
  if (took > slowest.took) Object.assign(slowest, { took, what: `${method} ${url}`.slice(0, 200) })
  const fault = took > LONGEST_MS ? `It took ${took} ms.` : faultOf(asked, answer)
  return { status: answer.statusCode, fault }
}

function faultOf({ method, template }: Asked, { statusCode: status, headers, body }: Answer): string | undefined {
  const type = String(headers['content-type'] ?? '').split(';')[0] ?? ''
  if (status >= 500) return `${status}: ${body}`
  if (headers['set-cookie']) return 'It sets a cookie.'
  if (/<html|<!doctype|node_modules|\n\s+at |\.ts:\d/i.test(body)) return `Not for programs: ${body.slice(0, 500)}`
  const isHead = method === 'HEAD'
  if (type === 'application/problem+json') return isHead ? undefined : problemFault(status, body)
  const operation = operations.find((one) => one.path === template && one.method === (isHead ? 'GET' : method))
  if (!operation) return `${status} ${type} where the document has nothing: ${body.slice(0, 200)}`
  return isHead ? undefined : findFault(operation, status, type, body === '' ? null : JSON.parse(body))
}

function problemFault(status: number, body: string): string | undefined {
  const problem = JSON.parse(body)
  const [any] = operations
  if (problem.status !== status || status < 400) return `The status is ${status}, but the problem says ${body}`
  // A sentence may begin with a product's name.
  if (!/^\S.*\.$/s.test(problem.detail)) return `That is no sentence: ${problem.detail}`
  return any && findFault(any, status, 'application/problem+json', problem)
}

const requests = requestsOf(document, pool)
const oddKey = rarely(fc.constantFrom('', `clt_${'a'.repeat(43)}`, narrow.key, ended.key))

for (const operation of operations) {
  t.test(`${operation.method} ${operation.path} answers whatever is sent as the document says`, async (t) => {
    const statuses = new Map<number, number>()
    const property = fc.asyncProperty(requests(operation), oddKey, async (asked, key) => {
      const { fault, status } = await ask(asked, key)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      if (fault) throw new Error(fault)
    })
    const details = await fc.check(property, { numRuns: RUNS })
    t.notOk(details.failed, `${details.errorInstance} ${fc.defaultReportMessage(details)}`.slice(0, 3_000))
    t.comment([...statuses].map(([status, times]) => `${status}: ${times}`).join(', '))
  })
}

t.test('what is far too much is refused', async (t) => {
  const line = { sku: 'RUG', name: 'Rug', quantity: '1', amount: '0' }
  const lines = (many: number) => JSON.stringify(saleBody({ lines: Array(many).fill(line), tenders: { cash: '0' } }))
  const sales = (many: number) => JSON.stringify({ sales: Array(many).fill({}) })
  const cases: [path: string, payload: string, status: number, length?: number][] = [
    ['/sales', lines(1_000), 201],
    ['/sales', lines(1_001), 400],
    ['/sales', lines(10_000), 400],
    ['/sales', lines(20_000), 413],
    ['/sales', lines(1), 413, 50 * 1024 * 1024],
    ['/sales/batch', sales(500), 200],
    ['/sales/batch', sales(501), 400],
    ['/sales/batch', `{"sales":[${lines(10_000)},${lines(1)}]}`, 200],
    ['/sales/batch', `{"sales":[${'['.repeat(2_000_000)}`, 400],
    ['/sales/batch', sales(2_000_000), 413],
    ['/customers', JSON.stringify({ first_name: 'x'.repeat(2_000_000) }), 413]
  ]
  for (const [template, payload, status, length] of cases) {
    const headers = { 'content-type': 'application/json', ...(length && { 'content-length': String(length) }) }
    const answer = await ask({ method: 'POST', template, url: template, headers, payload })
    t.same(answer, { status, fault: undefined }, `${template} of ${length ?? payload.length} bytes`)
  }
})

t.test('after all that, the figures are right', async (t) => {
  await settleFigures(em)
  t.same(
    (await verifyFigures(em)).filter(({ drifted }) => drifted > 0),
    []
  )
  t.comment(`The slowest answer took ${Math.round(slowest.took)} ms: ${slowest.what}`)
})
