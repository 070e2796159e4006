import { sql } from 'kysely'
import t from 'tap'
import { OPERATION_LOCK } from '../../src/bulk/perform.ts'
import { OPERATIONS, sweepOperations } from '../../src/bulk/sweep.ts'
import { freeJobs, RUNNER_LOCK } from '../../src/db/queue/sweep.ts'
import { rows } from '../../src/db/rows.ts'
import { settleFigures } from '../../src/figures/settle.ts'
import { verifyFigures } from '../../src/figures/verify.ts'
import { findOperation } from '../../src/operations/operation.ts'
import { count, NOW, testApp, words } from '../helper.ts'
import { doJobs } from '../jobs.ts'
import { openPicker } from '../picker.ts'
import { addCrowd, addCustomer, addGroup, addList, groupsOf } from '../shop.ts'

const shop = await testApp(t)
const { em, orm } = shop
const manager = await shop.as('manager')
const MANY = 41_000

// More than two steps, so that something happens between them.
await addCrowd(em, MANY, sql`'Many', '', 'many' || n || '@example.com', null`)

async function addAll(groupId: number, q = 'many'): Promise<number> {
  const page = await openPicker(manager, `/groups/${groupId}/add?q=${q}`)
  await page.press('all')
  const answer = await page.press('sure')
  return Number(/^\/operations\/(\d+)$/.exec(String(answer.headers.location))?.[1])
}

const size = (groupId: number) => count(em, sql`select count(*)::int as n from membership where group_id = ${groupId}`)

t.test('many are left to a job, with progress, a result that adds up and an undo', async (t) => {
  const list = await addList(em, 'All')
  const id = await addAll(list)
  const waiting = (await manager.get(`/operations/${id}`)).body
  t.match(words(waiting), 'Starting… 0% You can leave this page. Nothing changes until this is finished.')
  t.match(waiting, '<noscript><meta http-equiv="refresh"', 'also without JavaScript')
  t.equal(await size(list), 0)
  await doJobs(shop, NOW)
  const done = words((await manager.get(`/operations/${id}`)).body)
  t.match(done, '41,000 customers added to All. Added 41,000 Total 41,000')
  t.equal(await size(list), MANY)
  const undone = await manager.post(`/operations/${id}/undo`)
  t.equal(undone.headers.location, `/operations/${id + 1}`)
  await doJobs(shop, NOW)
  t.match(words((await manager.get(`/operations/${id + 1}`)).body), 'Undone: 41,000 customers removed from All.')
  t.equal(await size(list), 0)
  await settleFigures(em)
  t.same(
    (await verifyFigures(em)).filter(({ drifted }) => drifted > 0),
    []
  )
})

t.test('Cancel, before and while it runs, leaves everything as it was', async (t) => {
  const group = await addGroup(em, 'Never')
  const id = await addAll(group)
  const cancelled = await manager.post(`/operations/${id}/cancel`)
  t.equal(cancelled.headers.location, `/operations/${id}`)
  t.match(words((await manager.get(`/operations/${id}`)).body), 'Stopping…')
  await doJobs(shop, NOW)
  t.match(words((await manager.get(`/operations/${id}`)).body), 'Cancelled: nothing was changed.')

  // Of a few thousand, which are one step.
  const short = await addAll(group, 'many1')
  await manager.post(`/operations/${short}/cancel`)
  await doJobs(shop, NOW)
  t.equal((await findOperation(em, short)).state, 'cancelled')
  t.equal(await size(group), 0)

  const running = await addAll(group)
  const job = doJobs(shop, NOW)
  while ((await findOperation(orm.em.fork(), running)).done === 0) await new Promise((later) => setTimeout(later, 5))
  const progress = words((await manager.get(`/operations/${running}`)).body)
  t.match(progress, /(20,000|40,000) of 41,000, (48|97)%/)
  await manager.post(`/operations/${running}/cancel`)
  await job
  const { state } = await findOperation(em, running)
  t.equal(state, 'cancelled')
  t.equal(await size(group), 0)
})

t.test('who changes a customer that is being moved waits two seconds, and is told by what', async (t) => {
  const { em, orm, as } = await testApp(t, { isImpatient: true })
  const manager = await as('manager')
  const [group, other] = [await addGroup(em, 'Moving'), await addGroup(em, 'Other')]
  const list = await addList(em, 'Meanwhile')
  const ann = await addCustomer(em, { firstName: 'Ann', group: other })
  await rows(
    em,
    sql`
    insert into bulk_operation (kind, group_id, group_name, is_list, state, asked_by, asked_at)
    values ('add', ${group}, 'Moving', false, 'running', 2, ${NOW})
  `
  )
  const sentence = 'manager person is moving customers to Moving right now, including these. Nothing was changed.'
  await orm.em.fork().transactional(async (inner) => {
    await rows(inner, sql`select from primary_membership where customer_id = ${ann} for update`)
    for (const answer of [
      await manager.post(`/groups/${other}/customers/removal`, { ids: ann }),
      await manager.post(`/groups/${group}/add`, { ids: ann, do: 'sure' })
    ]) {
      t.equal(answer.statusCode, 409)
      t.match(words(answer.body), sentence)
    }
    t.equal((await manager.post(`/groups/${list}/add`, { ids: ann })).statusCode, 303, 'a list is not held up')
    t.equal((await manager.get(`/customers/${ann}`)).statusCode, 200, 'nor is who only reads')
  })
  t.same(await groupsOf(em, ann), ['Other', 'Meanwhile'])
  t.equal((await manager.post(`/groups/${group}/add`, { ids: ann, do: 'sure' })).statusCode, 303)
  await rows(em, sql`delete from bulk_operation where state = 'running'`)
})

const POOL = 'pool-of-a-process'

/** As every server does every few seconds. */
async function sweep(): Promise<void> {
  await freeJobs(em, [OPERATIONS])
  await sweepOperations(em, NOW)
}

/** As if a process had taken all jobs, so many seconds ago. */
const take = (seconds: number, tries = 1) =>
  rows(
    em,
    sql`update graphile_worker._private_jobs
      set locked_at = now() - make_interval(secs => ${seconds}), locked_by = ${POOL}, attempts = ${tries}`
  )

const triesOf = (id: number) =>
  count(em, sql`select attempts as n from graphile_worker.jobs where key = ${`operation ${id}`}`)

t.test('an operation whose process died is taken up again, and done once', async (t) => {
  const list = await addList(em, 'Revived')
  const id = await addAll(list)
  await rows(em, sql`update bulk_operation set state = 'running' where id = ${id}`)
  // As kill -9 leaves it: the queue believes that somebody is at it.
  await take(0)
  await doJobs(shop, NOW)
  t.equal(await size(list), 0)
  await sweep()
  await doJobs(shop, NOW)
  t.equal(await size(list), 0, 'it may only just have begun')
  await take(11)
  await sweep()
  t.equal(await triesOf(id), 1, 'which counts as a try')
  await doJobs(shop, NOW)
  t.equal(await size(list), MANY)
  t.equal((await findOperation(em, id)).state, 'done')
  await sweep()
  await doJobs(shop, NOW)
  t.equal(await size(list), MANY)
})

t.test('what a process has taken that lives is left to it, however long it takes', async (t) => {
  const id = await addAll(await addList(em, 'Living'), 'many1')
  await take(3_600)
  await orm.em.fork().transactional(async (inner) => {
    await rows(inner, sql`select pg_advisory_xact_lock(hashtext(${RUNNER_LOCK}), hashtext(${POOL}))`)
    await sweep()
    t.equal(await count(em, sql`select count(*)::int as n from graphile_worker.jobs where locked_by = ${POOL}`), 1)
  })
  await sweep()
  await doJobs(shop, NOW)
  t.equal((await findOperation(em, id)).state, 'done')
})

t.test('what is asked for on a machine whose clock is ahead is taken up as soon as any other', async (t) => {
  const id = await addAll(await addList(em, 'Clock'), 'many1')
  await rows(em, sql`update bulk_operation set asked_at = now() + interval '10 minutes' where id = ${id}`)
  await take(5)
  await sweep()
  await doJobs(shop, NOW)
  t.equal((await findOperation(em, id)).state, 'done')
})

t.test('nobody takes up an operation that somebody is at', async (t) => {
  const list = await addList(em, 'Busy')
  const id = await addAll(list)
  await take(11)
  const isTaken = () => count(em, sql`select count(*)::int as n from graphile_worker.jobs where locked_by = ${POOL}`)
  await orm.em.fork().transactional(async (inner) => {
    await rows(inner, sql`select pg_advisory_xact_lock(hashtext(${OPERATION_LOCK}), ${id})`)
    await sweep()
    t.equal(await isTaken(), 1, 'also if its queue is gone')
    await rows(em, sql`delete from graphile_worker._private_jobs`)
    await sweep()
    await doJobs(shop, NOW)
    t.equal(await count(em, sql`select count(*)::int as n from graphile_worker._private_jobs`), 0)
  })
  t.equal(await size(list), 0)
  await sweep()
  await doJobs(shop, NOW)
  t.equal(await size(list), MANY, 'but one whose job is lost')
})

t.test('two operations on the same people, one after the other', async (t) => {
  const [one, other] = [await addGroup(em, 'One'), await addGroup(em, 'Two')]
  const [first, second] = [await addAll(one), await addAll(other)]
  await Promise.all([doJobs(shop, NOW), doJobs(shop, NOW)])
  const results = [await findOperation(em, first), await findOperation(em, second)]
  t.same(
    results.map(({ state }) => state),
    ['done', 'done']
  )
  t.equal((await size(one)) + (await size(other)), MANY)
  t.ok([0, MANY].includes(await size(one)))
  const [somebody] = await rows(em, sql<{ id: number }>`select id from customer where first_name = 'Many' limit 1`)
  t.match((await groupsOf(em, somebody?.id ?? 0))[0], /^(One|Two)$/)
})
