import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { rows } from '../../src/db/rows.ts'
import { settleFigures } from '../../src/figures/settle.ts'
import { verifyFigures } from '../../src/figures/verify.ts'
import { type Shop, testApp } from '../helper.ts'
import { freePort, type Running, start } from '../process.ts'
import { addCustomer, addGroup } from '../shop.ts'
import { type Program, programOf, saleBody } from './till.ts'

const TILLS = 16
const SALES = 12

/** One of the processes that serve one database. */
interface Server {
  address: string
  running: Running
}

async function serve(t: Test, url: string, port: number): Promise<Server> {
  const running = start(t, 'src/server.ts', { DATABASE_URL: url, PORT: String(port), LOG_LEVEL: 'error' })
  if (!/listens on/.test(await running.until(/listens on/))) throw new Error(`It did not start: ${running.said()}`)
  return { address: `http://127.0.0.1:${port}/api/v1`, running }
}

/** Sends a sale until it is acknowledged, as a till does whose answers may be lost. */
async function sell(address: string, { key }: Program, body: object): Promise<{ status: number; text: string }> {
  for (;;) {
    const answer = await fetch(`${address}/sales`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body)
    }).catch(() => null)
    const text = await answer?.text().catch(() => null)
    if (answer && typeof text === 'string' && !answer.headers.has('retry-after')) return { status: answer.status, text }
    await sleep(100)
  }
}

/** The sales of one till, in the order in which it sells: by card, on account, and every fourth brings half of the one before back. */
function salesOf(customers: number[], till: number): Record<string, unknown>[] {
  const sales: Record<string, unknown>[] = []
  for (let n = 0; n < SALES; n++) {
    const customer_id = customers[(till + (n >> 2)) % customers.length]
    const money = n % 2 ? 'on_account' : 'card'
    const lines = [{ sku: 'RUG', name: 'Rug', quantity: '-1', amount: '-10.00' }]
    const change =
      n % 4 === 3
        ? { returns: sales[n - 1]?.id, lines, tenders: { [money]: '-10.00' } }
        : { tenders: { [money]: '20.00' } }
    sales.push(saleBody({ customer_id, receipt: `R-${n}`, sold_at: new Date().toISOString(), ...change }))
  }
  return sales
}

t.test(
  'two processes that are killed in turn, 16 tills that send each sale to both: each exists exactly once',
  async (t) => {
    const shop = await testApp(t)
    const ports = [await freePort(), await freePort()]
    const servers = await Promise.all(ports.map((port) => serve(t, shop.url, port)))
    const trade = await addGroup(shop.em, 'Trade', { allowsOnAccount: true })
    const customers = [await addCustomer(shop.em, { group: trade }), await addCustomer(shop.em, { group: trade })]
    const tills = await Promise.all(Array.from({ length: TILLS }, (_, n) => programOf(shop, `Till ${n}`)))
    const plans = tills.map((_, n) => salesOf(customers, n))

    let acknowledged = 0
    const statuses: number[][] = []
    let differing = 0
    const selling = tills.map(async (till, n) => {
      for (const body of plans[n] ?? []) {
        const answers = await Promise.all(servers.map(({ address }) => sell(address, till, body)))
        statuses.push(answers.map(({ status }) => status).sort())
        if (answers[0]?.text !== answers[1]?.text) differing++
        acknowledged++
      }
    })
    for (const [n, port] of ports.entries()) {
      while (acknowledged < ((n + 1) * TILLS * SALES) / 3) await sleep(5)
      await servers[n]?.running.interrupt('SIGKILL')
      await sleep(200)
      servers[n] = await serve(t, shop.url, port)
    }
    await Promise.all(selling)

    t.equal(differing, 0, 'both give the first answer')
    t.ok(
      statuses.flat().every((status) => status === 200 || status === 201),
      'none is refused'
    )
    t.equal(statuses.filter(([one, other]) => one === 201 && other === 201).length, 0, 'none is recorded twice')
    await checkBooks(t, shop, plans.flat(), customers)
    for (const { running } of servers) t.equal((await running.interrupt()).code, 0)
  }
)

async function checkBooks(t: Test, { em }: Shop, sent: Record<string, unknown>[], customers: number[]): Promise<void> {
  const recorded = await rows(
    em,
    sql<{ id: string }>`select uuid as id from sale join sale_key on sale_key.id = sale.uuid and sale_id = sale.id`
  )
  t.same(recorded.map(({ id }) => id).sort(), sent.map(({ id }) => id).sort(), 'each sale is there once')
  t.same(
    await rows(em, sql`select distinct count(*)::int as tills from sale group by receipt`),
    [{ tills: TILLS }],
    'a receipt of another till is another sale'
  )
  const expected = (customer: number) => {
    const own = sent.filter((sale) => sale.customer_id === customer)
    const sum = (amounts: number[]) => amounts.reduce((total, amount) => total + amount, 0)
    const paid = own.map(({ tenders }) => tenders as Record<string, string>)
    const orders = own.filter((sale) => !sale.returns).length
    const spent = sum(paid.flatMap((tenders) => Object.values(tenders).map(Number)))
    return { customer, orders, spent, balance: sum(paid.map(({ on_account = '0' }) => Number(on_account))) }
  }
  const kept = await rows(
    em,
    sql`
    select customer_id as customer, orders, spent::float8 as spent, balance::float8 as balance
    from customer_totals join account_balance using (customer_id) where customer_id = any(${customers}::int[]) order by customer_id
  `
  )
  t.same(kept, customers.map(expected))
  t.same(
    await rows(
      em,
      sql`
      select customer_id from account_balance join account_entry using (customer_id)
      group by customer_id, balance having sum(amount) <> balance
    `
    ),
    [],
    'each account is the sum of its entries'
  )
  await settleFigures(em)
  const verdicts = await verifyFigures(em)
  t.same(
    verdicts.filter(({ drifted }) => drifted > 0),
    []
  )
}
