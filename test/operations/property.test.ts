import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { sql } from 'kysely'
import t from 'tap'
import { deleteGroup, startOperation, undoOperation } from '../../src/bulk/start.ts'
import { Customer } from '../../src/customers/customer.ts'
import type { Em } from '../../src/db/orm.ts'
import { rows } from '../../src/db/rows.ts'
import { deleteCustomer } from '../../src/erasure/deletion.ts'
import { settleFigures } from '../../src/figures/settle.ts'
import { verifyFigures } from '../../src/figures/verify.ts'
import { findGroup } from '../../src/groups/queries.ts'
import { Refusal } from '../../src/lib/errors.ts'
import { addMembers } from '../../src/membership/join.ts'
import { removeMembers } from '../../src/membership/leave.ts'
import { countChanged, findOperation, type Operation } from '../../src/operations/operation.ts'
import { freeze, noteTicks, openSelection } from '../../src/selections/selection.ts'
import { NOW, type Shop, testApp } from '../helper.ts'
import { addCustomer, addGroup, addList, addSale } from '../shop.ts'
import { type Counted, DEFAULT, join, leave, type Model, members, takeBack } from './model.ts'

const RUNS = Number(process.env.RULES_RUNS ?? 100)
const CUSTOMERS = 7
const GROUPS = 6

/** Numbers name the n-th customer, group or operation there ever was; what is gone by then is refused. */
type Step =
  | { do: 'join' | 'leave' | 'add' | 'remove'; group: number; customers: number[]; allPages: boolean }
  | { do: 'undo'; operation: number }
  | { do: 'delete group'; group: number }
  | { do: 'delete customer'; customer: number }
  | { do: 'sell'; customer: number }

const group = fc.nat(GROUPS - 1)
const customer = fc.nat(CUSTOMERS - 1)
const customers = fc.uniqueArray(customer, { minLength: 1 })
const is = <Name extends string>(name: Name) => fc.constant(name)
const changing = <Name extends string>(...names: Name[]) =>
  fc.record({ do: fc.constantFrom(...names), group, customers, allPages: fc.boolean() })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: changing('join', 'leave') },
  { weight: 8, arbitrary: changing('add', 'remove') },
  { weight: 6, arbitrary: fc.record({ do: is('undo'), operation: fc.nat(7) }) },
  { weight: 2, arbitrary: fc.record({ do: is('delete group'), group }) },
  { weight: 1, arbitrary: fc.record({ do: is('delete customer'), customer }) },
  { weight: 2, arbitrary: fc.record({ do: is('sell'), customer }) }
)
/** Those of an inner array happen at once. */
const history = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.tuple(step) },
    { weight: 1, arbitrary: fc.array(step, { minLength: 2, maxLength: 4 }) }
  ),
  { minLength: 1, maxLength: 14 }
)

interface World {
  customers: number[]
  groups: number[]
  operations: number[]
  model: Model
  clock: number
}

t.test(`joins, moves, removals, bulk operations, undos and deletions keep the rules (${RUNS} histories)`, async (t) => {
  const shop = await testApp(t, { settles: false })
  await fc.assert(
    fc.asyncProperty(history, async (moments) => {
      const world = await openWorld(shop.em)
      for (const steps of moments) {
        const told = JSON.stringify(steps)
        if (steps.length === 1 && steps[0]) await exactly(shop, world, steps[0], told)
        else await atOnce(shop, world, steps)
        await keepsTheRules(shop.em, world, told)
      }
      await settleFigures(shop.em)
      const drifted = (await verifyFigures(shop.em)).filter((verdict) => verdict.drifted > 0)
      if (drifted.length) throw new Error(`The figures drift: ${JSON.stringify(drifted)}`)
    }),
    { numRuns: RUNS, interruptAfterTimeLimit: RUNS > 100 ? undefined : 240_000, markInterruptAsFailure: true }
  )
  t.pass()
})

async function openWorld(em: Em): Promise<World> {
  const mark = randomUUID().slice(0, 8)
  const groups = [DEFAULT]
  for (const name of ['A', 'B']) groups.push(await addGroup(em, `${name} ${mark}`))
  for (const name of ['L', 'M', 'N']) groups.push(await addList(em, `${name} ${mark}`))
  const people: number[] = []
  for (let i = 0; i < CUSTOMERS; i++) people.push(await addCustomer(em, { firstName: mark }))
  const world: World = {
    customers: people,
    groups,
    operations: [],
    model: { people: new Map(), groups: new Map(), operations: new Map() },
    clock: 0
  }
  await read(em, world)
  return world
}

/** One step: the database must say what the model says. */
async function exactly(shop: Shop, world: World, one: Step, told: string): Promise<void> {
  const at = tick(world)
  const real = await act(shop, world, one, at)
  const expected = mirror(world, one, at, real?.id ?? null)
  if (real && expected) {
    const { asked, already, refused } = real
    const counted = { asked, done: countChanged(real), already, refused }
    same(
      counted,
      { asked: expected.asked, done: expected.done, already: expected.already, refused: expected.refused },
      told
    )
  }
  same(await stateOf(shop.em, world), modelOf(world), told)
}

/** Several steps at once: whichever came first, the rules hold; the model goes on from what came of it. */
async function atOnce(shop: Shop, world: World, steps: Step[]): Promise<void> {
  const at = tick(world)
  await Promise.all(steps.map((one) => act(shop, world, one, at)))
  await read(shop.em, world)
}

function tick(world: World): Date {
  world.clock++
  return new Date(NOW.getTime() + world.clock * 1000)
}

/** Does it as a route would; null if it was refused. */
async function act({ orm }: Shop, world: World, one: Step, now: Date): Promise<Operation | null> {
  const em = orm.em.fork()
  const actor = { id: 1, now }
  try {
    if (one.do === 'sell') {
      await addSale(em, world.customers[one.customer] ?? 0, '2026-01-05T15:00Z', [['Lamp', 1, 10]])
      return null
    }
    if (one.do === 'delete customer') {
      await deleteCustomer(em, await em.findOneOrFail(Customer, world.customers[one.customer] ?? 0), actor)
      return null
    }
    if (one.do === 'undo') {
      const operation = await findOperation(em, world.operations[one.operation] ?? 0)
      return settled(await undoOperation(em, operation, actor))
    }
    const found = await findGroup(em, world.groups[one.group] ?? 0)
    if (one.do === 'delete group') {
      const deletion = settled(await deleteGroup(em, found, 1, actor))
      return note(world, deletion)
    }
    const ids = one.customers.map((place) => world.customers[place] ?? 0)
    if (one.do === 'join' || one.do === 'leave') {
      if (one.do === 'leave' && found.system) return null
      const { operationId } = await (one.do === 'join' ? addMembers : removeMembers)(em, found, ids, actor)
      return operationId === null ? null : note(world, await findOperation(em, operationId))
    }
    if (one.do === 'remove' && found.system) return null
    const selectionId = randomUUID()
    const { selection } = await openSelection(em, selectionId, found, one.do, actor)
    if (one.allPages) {
      const mark = (
        await rows(
          em,
          sql<{ mark: string }>`select first_name as mark from customer where id = any(${world.customers}::int[])`
        )
      )[0]?.mark
      const filter = {
        params: { q: mark ?? 'nobody' },
        within: [],
        withMembers: true,
        today: '2026-03-02',
        timeZone: 'UTC'
      }
      await noteTicks(em, selection, { on: [], off: [] }, actor)
      await freeze(em, selection, filter)
      await noteTicks(em, selection, { on: [], off: ids }, actor)
    } else await noteTicks(em, selection, { on: ids, off: [] }, actor)
    return note(world, settled(await startOperation(em, { kind: one.do, group: found, selectionId, size: 1 }, actor)))
  } catch (error) {
    if (isExpected(error)) return null
    throw error
  }
}

function settled(operation: Operation): Operation | null {
  return operation.state === 'done' ? operation : null
}

function note(world: World, operation: Operation | null): Operation | null {
  if (operation) world.operations.push(operation.id)
  return operation
}

function isExpected(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return (
    error instanceof Refusal ||
    (error instanceof Error && error.name === 'NotFoundError') ||
    ['40P01', '23503'].includes(code)
  )
}

/** The same in the model. */
function mirror(world: World, one: Step, now: Date, id: number | null): Counted | null {
  const { model } = world
  const at = now.toISOString()
  if (one.do === 'sell') return null
  if (one.do === 'delete customer') {
    model.people.delete(world.customers[one.customer] ?? 0)
    return null
  }
  if (one.do === 'undo') return takeBack(model, world.operations[one.operation] ?? 0)
  const groupId = world.groups[one.group] ?? 0
  const isList = model.groups.get(groupId)
  if (isList === undefined) return null
  if (one.do === 'delete group') {
    if (groupId === DEFAULT) return null
    const counted = leave(model, groupId, members(model, groupId), { at, operation: id })
    model.groups.delete(groupId)
    return record(model, id, 'delete-group', groupId, isList, counted)
  }
  if ((one.do === 'leave' || one.do === 'remove') && groupId === DEFAULT) return null
  const named = one.customers.map((place) => world.customers[place] ?? 0)
  if (one.do === 'join' || one.do === 'leave') {
    const counted = (one.do === 'join' ? join : leave)(model, groupId, named, { at, operation: id })
    // Of what changed nothing by hand there is no operation.
    if (counted.done === 0) return null
    return record(model, id, one.do === 'join' ? 'add' : 'remove', groupId, isList, counted)
  }
  const asked = one.allPages
    ? [...model.people.keys()].filter((person) => !named.includes(person))
    : named.filter((person) => model.people.has(person))
  if (one.do === 'add')
    return record(model, id, 'add', groupId, isList, join(model, groupId, asked, { at, operation: id }))
  const meant = one.allPages ? asked.filter((person) => members(model, groupId).includes(person)) : asked
  return record(model, id, 'remove', groupId, isList, leave(model, groupId, meant, { at, operation: id }))
}

function record(
  model: Model,
  id: number | null,
  kind: 'add' | 'remove' | 'delete-group',
  groupId: number,
  isList: boolean,
  counted: Counted & { ended?: Map<number, { group: number; at: string; operation: number | null }> }
): Counted {
  if (id === null) throw new Error(`A ${kind} was refused that the model allows`)
  const ended = counted.ended ?? new Map()
  model.operations.set(id, { kind, group: groupId, isList, changed: counted.done, ended, isUndone: false })
  return counted
}

interface State {
  customer: number
  group: number
  operation: number | null
  at: string
}

async function stateOf(em: Em, world: World): Promise<State[]> {
  return rows(
    em,
    sql<State>`
    select customer_id as customer, group_id as group, operation_id as operation,
      to_char(joined_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
    from membership where customer_id = any(${world.customers}::int[]) order by 1, 2
  `
  )
}

function modelOf({ model }: World): State[] {
  const all = [...model.people].flatMap(([customer, { primary, lists }]) =>
    [primary, ...lists.values()].map((one) => ({ customer, group: one.group, operation: one.operation, at: one.at }))
  )
  return all.sort((one, other) => one.customer - other.customer || one.group - other.group)
}

/** The model as the database has it. */
async function read(em: Em, world: World): Promise<void> {
  const found = await rows(
    em,
    sql<{ id: number; is_list: boolean }>`select id, is_list from customer_group where id = any(${world.groups}::int[])`
  )
  world.model.groups = new Map(found.map((one) => [one.id, one.is_list]))
  world.model.people = new Map()
  for (const one of await stateOf(em, world)) {
    const membership = { group: one.group, at: one.at, operation: one.operation }
    const person = world.model.people.get(one.customer) ?? { primary: membership, previous: null, lists: new Map() }
    if (world.model.groups.get(one.group)) person.lists.set(one.group, membership)
    else person.primary = membership
    world.model.people.set(one.customer, person)
  }
  await readPrevious(em, world)
  await readOperations(em, world)
}

async function readPrevious(em: Em, { customers, model }: World): Promise<void> {
  const found = await rows(
    em,
    sql<{ customer: number; group: number; operation: number | null; at: string }>`
    select customer_id as customer, previous_group_id as group, previous_operation_id as operation,
      to_char(previous_joined_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
    from primary_membership where previous_group_id is not null and customer_id = any(${customers}::int[])
  `
  )
  for (const { customer, ...previous } of found) {
    const person = model.people.get(customer)
    if (person) person.previous = previous
  }
}

async function readOperations(em: Em, { operations, model }: World): Promise<void> {
  model.operations = new Map()
  for (const id of operations) {
    const { kind, groupId, isList, undoneBy, ...buckets } = await findOperation(em, id)
    if (kind === 'undo' || kind === 'import') continue
    const kept = await rows(
      em,
      sql<{ customer: number; operation: number | null; at: string }>`
      select customer_id as customer, joined_operation_id as operation,
        to_char(joined_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
      from ended_membership where operation_id = ${id}
    `
    )
    const ended = new Map(kept.map(({ customer, ...one }) => [customer, { group: groupId, ...one }]))
    model.operations.set(id, {
      kind,
      group: groupId,
      isList,
      changed: countChanged(buckets),
      ended,
      isUndone: undoneBy !== null
    })
  }
}

/** What must hold whatever happened. */
async function keepsTheRules(em: Em, { customers }: World, told: string): Promise<void> {
  const [broken] = await rows(
    em,
    sql<{ homeless: number; dangling: number; uneven: number; open: number }>`
    select
      (select count(*)::int from customer left join primary_membership on customer_id = id
        where id = any(${customers}::int[]) and customer_id is null) as homeless,
      (select count(*)::int from membership full join customer on customer.id = customer_id
        left join customer_group grouped on grouped.id = group_id where customer.id is null or grouped.id is null) as dangling,
      (select count(*)::int from bulk_operation where asked <> added + moved + removed + already + refused) as uneven,
      (select count(*)::int from bulk_operation where state in ('waiting', 'running')) as open
  `
  )
  same(broken, { homeless: 0, dangling: 0, uneven: 0, open: 0 }, told)
}

function same(found: unknown, wanted: unknown, told: string): void {
  const [one, other] = [JSON.stringify(found), JSON.stringify(wanted)]
  if (one !== other) throw new Error(`After ${told}\nfound  ${one}\nwanted ${other}`)
}
