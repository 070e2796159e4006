import fc from 'fast-check'
import { sql } from 'kysely'
import pg from 'pg'
import t from 'tap'
import { deleteGroup } from '../../src/bulk/start.ts'
import type { Em } from '../../src/db/orm.ts'
import { rows } from '../../src/db/rows.ts'
import { createOrm } from '../../src/entities.ts'
import { PRODUCTS_LOCK, takeInProducts } from '../../src/figures/products.ts'
import { settleFigures } from '../../src/figures/settle.ts'
import { applySpend } from '../../src/figures/spend.ts'
import { verifyFigures } from '../../src/figures/verify.ts'
import { findGroup } from '../../src/groups/queries.ts'
import { Refusal } from '../../src/lib/errors.ts'
import { addMembers } from '../../src/membership/join.ts'
import { removeMembers } from '../../src/membership/leave.ts'
import { NOW, type Shop, testApp } from '../helper.ts'
import { addCustomer, addGroup, addList, addSale } from '../shop.ts'

const CUSTOMERS = 6
const GROUPS = 5
const actor = { id: 1, now: NOW }

/** Numbers name the n-th customer or group that is left; what is gone by then is simply left out. */
type Step =
  | { do: 'sell'; customer: number; product: number; quantity: number; cents: number }
  | { do: 'join' | 'leave'; group: number; customers: number[] }
  | { do: 'delete customer'; customer: number }
  | { do: 'delete group'; group: number }
  | { do: 'take in'; killed: boolean }

const customer = fc.nat(CUSTOMERS - 1)
const group = fc.nat(GROUPS - 1)
const quantity = fc.integer({ min: -3, max: 4 }).filter((number) => number !== 0)
const some = fc.uniqueArray(customer, { minLength: 1 })

const sell = fc.record({ do: fc.constant('sell' as const), customer, product: fc.nat(3), quantity, cents: fc.nat(500) })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: sell },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('join' as const), group, customers: some }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('leave' as const), group, customers: some }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete customer' as const), customer }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete group' as const), group }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('take in' as const), killed: fc.boolean() }) }
)
/** Each inner array happens at once. */
const history = fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 12 })

t.test('whatever happens, at once and with passes killed, the figures equal a recount', async (t) => {
  const shop = await testApp(t, { settles: false })
  await fc.assert(
    fc.asyncProperty(history, async (moments) => {
      const world = await openWorld(shop.em)
      for (const steps of moments) await Promise.all(steps.map((one) => perform(shop, one, world)))
      const verdicts = await verifyFigures(shop.em)
      t.same(
        verdicts.filter(({ drifted }) => drifted > 0),
        [],
        JSON.stringify(moments)
      )
    }),
    { numRuns: 30, endOnFailure: true }
  )
  await settleFigures(shop.em)
  const left = await rows(
    shop.em,
    sql`select 1 from spend_change union all select 1 from product_change union all select 1 from count_change`
  )
  t.equal(left.length, 0, 'nothing is left waiting')
})

interface World {
  customers: number[]
  groups: number[]
}

async function openWorld(em: Em): Promise<World> {
  const mark = Math.random().toString(36).slice(2)
  const customers: number[] = []
  const groups = [await addGroup(em, `P1 ${mark}`), await addGroup(em, `P2 ${mark}`)]
  for (const name of ['L1', 'L2', 'L3']) groups.push(await addList(em, `${name} ${mark}`))
  for (let i = 0; i < CUSTOMERS; i++) customers.push(await addCustomer(em))
  return { customers, groups }
}

async function perform({ orm, url }: Shop, step: Step, { customers, groups }: World): Promise<void> {
  const em = orm.em.fork()
  try {
    if (step.do === 'sell') {
      const total = (Math.sign(step.quantity) * step.cents) / 100
      await addSale(em, customers[step.customer] ?? 0, '2026-01-05T15:00Z', [
        [`Product ${step.product}`, step.quantity, total]
      ])
    } else if (step.do === 'delete customer') {
      await rows(em, sql`delete from customer where id = ${customers[step.customer]}`)
    } else if (step.do === 'take in') {
      await (step.killed ? takeInAndDie(url) : takeInSome(em))
    } else {
      const found = await findGroup(em, groups[step.group] ?? 0)
      if (step.do === 'delete group') await deleteGroup(em, found, 1, actor)
      else {
        const ids = step.customers.map((place) => customers[place] ?? 0)
        await (step.do === 'join' ? addMembers : removeMembers)(em, found, ids, actor)
      }
    }
  } catch (error) {
    // Gone meanwhile, or refused: what counts is that the figures agree with what is there.
    if (!isExpected(error)) throw error
  }
}

function isExpected(error: unknown): boolean {
  if (error instanceof Refusal) return true
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return ['40P01', '23503'].includes(code)
}

async function takeInSome(em: Em): Promise<void> {
  await applySpend(em)
  await em.transactional(async (inner) => {
    const [lock] = await rows(
      inner,
      sql<{ held: boolean }>`select pg_try_advisory_xact_lock(hashtext(${PRODUCTS_LOCK})) as held`
    )
    if (lock?.held) await takeInProducts(inner, 2)
  })
}

/** Both passes run to their last statement, in one transaction, and then their connection is cut. */
async function takeInAndDie(url: string): Promise<void> {
  const orm = createOrm(url)
  const killer = new pg.Client(url)
  await killer.connect()
  await orm.em
    .fork()
    .transactional(async (inner) => {
      const [own] = await rows(inner, sql<{ pid: number }>`select pg_backend_pid() as pid`)
      await applySpend(inner)
      await takeInProducts(inner, 3)
      await killer.query('select pg_terminate_backend($1)', [own?.pid])
    })
    .catch(() => {})
  await killer.end()
  // Never settles once a connection was lost (serve.ts).
  void orm.close()
}
