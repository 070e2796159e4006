import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import t from 'tap'
import { carryOut } from '../../src/bulk/carry-out.ts'
import { deleteGroup } from '../../src/bulk/start.ts'
import type { Em } from '../../src/db/orm.ts'
import { row } from '../../src/db/rows.ts'
import { findGroup } from '../../src/groups/queries.ts'
import { RuleError } from '../../src/lib/errors.ts'
import { insertOperation } from '../../src/operations/keep-operation.ts'
import { countChanged } from '../../src/operations/operation.ts'
import { count, NOW, testApp } from '../helper.ts'
import { addCustomers, addGroup, addList, groupsOf, join } from '../shop.ts'

const shop = await testApp(t)
const { em, orm } = shop
const actor = { id: 1, now: NOW }

/** As a person would; `isMoving` if they were told that its customers move to Default. */
async function remove(inner: Em, groupId: number, isMoving: boolean) {
  await deleteGroup(inner, await findGroup(inner, groupId), isMoving ? 1 : 0, actor)
}

/** Likewise, in a transaction that is still open afterwards. */
async function removing(inner: Em, groupId: number): Promise<number> {
  const group = await findGroup(inner, groupId)
  const { operation } = await insertOperation(inner, { kind: 'delete-group', group }, actor)
  return countChanged(await carryOut(inner, operation))
}

/** Runs `first` up to its commit, starts `second`, waits until the database makes it wait, and commits `first`. */
async function crossed(first: (em: Em) => Promise<unknown>, second: (em: Em) => Promise<unknown>) {
  const outcome = { first: undefined as unknown, second: undefined as unknown }
  let waiting: Promise<void> = Promise.resolve()
  outcome.first = await orm.em.fork().transactional(async (inner) => {
    const result = await first(inner)
    waiting = second(orm.em.fork()).then(
      (value) => {
        outcome.second = value
      },
      (error) => {
        outcome.second = error
      }
    )
    await untilOneWaits()
    return result
  })
  await waiting
  return outcome
}

const PATIENCE_MS = 30_000

async function untilOneWaits(): Promise<void> {
  for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline; await sleep(10)) {
    const found = await row(
      orm.em.fork(),
      sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    )
    if (found) return
  }
  throw new Error('The second transaction does not wait for the first')
}

const dangling = () =>
  count(
    em,
    sql`
    select count(*)::int as n from membership full join customer on customer.id = customer_id
    left join customer_group grouped on grouped.id = group_id
    where grouped.id is null or customer.id is null`
  )

t.test('of two joins of the same customers exactly one comes last, for all of them', async (t) => {
  const [a, b] = [await addGroup(em, 'Alpha'), await addGroup(em, 'Beta')]
  const customers = await addCustomers(em, ['Ann', 'Bob', 'Cem', 'Dea'])
  const backwards = [...customers].reverse()
  for (const [first, second] of [
    [a, b],
    [b, a]
  ] as const) {
    const outcome = await crossed(
      (inner) => join(inner, first, customers),
      (other) => join(other, second, backwards)
    )
    t.match(outcome.second, { asked: 4, added: 0, moved: [{ id: first, count: 4 }], already: 0, refused: 0 })
    t.equal(await count(em, sql`select count(*)::int as n from primary_membership where group_id = ${second}`), 4)
  }
  for (let round = 0; round < 8; round++) {
    const [one, two] = await Promise.all([
      join(orm.em.fork(), a, customers),
      join(orm.em.fork(), b, backwards),
      join(orm.em.fork(), a, backwards)
    ])
    for (const { asked, added, moved, already, refused } of [one, two])
      t.equal(asked, added + (moved[0]?.count ?? 0) + already + refused)
    const places = new Set(await Promise.all(customers.map(async (id) => String(await groupsOf(em, id)))))
    t.equal(places.size, 1, 'nobody is left behind')
  }
})

for (const isMoving of [true, false]) {
  const way = isMoving ? 'that moves its members' : 'of an empty group'

  t.test(`a deletion ${way} fails when somebody is joining`, async (t) => {
    const group = await addGroup(em, `Joined ${isMoving}`)
    const [joiner = 0] = await addCustomers(em, ['Joiner'])
    const outcome = await crossed(
      (inner) => join(inner, group, [joiner]),
      (other) => remove(other, group, isMoving)
    )
    t.ok(outcome.second instanceof RuleError)
    t.match(outcome.second, { message: `Someone added a customer to Joined ${isMoving} while you were deleting it` })
    t.same(await groupsOf(em, joiner), [`Joined ${isMoving}`])
  })

  t.test(`joining fails when a deletion ${way} is under way`, async (t) => {
    const group = await addGroup(em, `Going ${isMoving}`)
    const [member = 0, joiner = 0] = await addCustomers(em, ['Member', 'Joiner'])
    if (isMoving) await join(em.fork(), group, [member])
    const outcome = await crossed(
      (inner) => removing(inner, group),
      (other) => join(other, group, [joiner])
    )
    t.equal(outcome.first, isMoving ? 1 : 0)
    t.ok(outcome.second instanceof RuleError)
    t.match(outcome.second, { statusCode: 409, message: `Someone deleted Going ${isMoving}` })
    t.same(await groupsOf(em, joiner), ['Default'])
    t.same(await groupsOf(em, member), ['Default'])
    t.equal(await dangling(), 0)
  })
}

t.test('nobody is left in a list that was deleted while they joined it', async (t) => {
  const [joiner = 0] = await addCustomers(em, ['Joiner'])
  const early = await addList(em, 'Early')
  const refused = await crossed(
    (inner) => join(inner, early, [joiner]),
    (other) => remove(other, early, false)
  )
  t.match(
    refused.second,
    new RuleError('Someone added a customer to Early while you were deleting it, so it was not deleted. Try again.')
  )
  const late = await addList(em, 'Late')
  const outcome = await crossed(
    (inner) => removing(inner, late),
    (other) => join(other, late, [joiner])
  )
  t.ok(outcome.second instanceof RuleError)
  t.same(await groupsOf(em, joiner), ['Default', 'Early'])
  t.equal(await dangling(), 0)
})

t.test('a join and a deletion clicked at once: one of them is told', async (t) => {
  const manager = await shop.as('manager')
  const [joiner = 0] = await addCustomers(em, ['Joiner'])
  for (let round = 0; round < 6; round++) {
    const group = await addGroup(em, `Round ${round}`)
    const [joined, deleted] = await Promise.all([
      manager.post(`/groups/${group}/add`, { ids: joiner, do: 'sure' }),
      manager.post(`/groups/${group}/deletion`, round % 2 ? { move: 'true' } : {})
    ])
    const isThere = (await groupsOf(em, joiner)).includes(`Round ${round}`)
    // Had the join been done before the deletion looked, the members were moved: that is one after the other.
    const wasMoved = joined.statusCode === 303 && deleted.statusCode === 303 && round % 2 === 1 && !isThere
    const isOneTold = (joined.statusCode === 303) !== (deleted.statusCode === 303)
    t.ok(isOneTold || wasMoved, `${joined.statusCode} ${deleted.statusCode}`)
    for (const { statusCode } of [joined, deleted]) t.ok([303, 404, 409].includes(statusCode), `${statusCode}`)
  }
  t.equal(await dangling(), 0)
})

t.test(
  'removals and joins of the same people in other orders wait for each other, and never lock crosswise',
  async (t) => {
    const [group, list] = [await addGroup(em, 'Crowd'), await addList(em, 'Crowd list')]
    const customers = await addCustomers(em, Array(25).fill('Crowd'))
    const staff = await shop.as('staff')
    const backwards = [...customers].reverse()
    for (let round = 0; round < 4; round++) {
      const answers = await Promise.all([
        staff.post(`/groups/${group}/add`, { ids: customers, do: 'sure' }),
        staff.post(`/groups/${group}/customers/removal`, { ids: backwards }),
        staff.post(`/groups/${list}/add`, { ids: backwards }),
        staff.post(`/groups/${list}/customers/removal`, { ids: customers })
      ])
      t.same(
        answers.map((one) => one.statusCode),
        [303, 303, 303, 303]
      )
    }
  }
)
