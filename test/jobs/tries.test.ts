import { sql } from 'kysely'
import t from 'tap'
import { queueOperation } from '../../src/bulk/start.ts'
import { OPERATIONS, sweepOperations } from '../../src/bulk/sweep.ts'
import { forgetFailedJobs, freeJobs } from '../../src/db/queue/sweep.ts'
import { row, rows } from '../../src/db/rows.ts'
import { findImport } from '../../src/imports/queries.ts'
import { IMPORTS, sweepImports } from '../../src/imports/sweep.ts'
import { findOperation } from '../../src/operations/operation.ts'
import { count, NOW, testApp, words } from '../helper.ts'
import { leftBehind, lines } from '../imports/helper.ts'
import { upload } from '../imports/upload.ts'
import { doJobs } from '../jobs.ts'
import { addCustomer, addGroup, addList } from '../shop.ts'

const shop = await testApp(t)
const { em } = shop
const manager = await shop.as('manager')

/** As every server does every few seconds, and as time does between two tries. */
async function sweep(): Promise<void> {
  await freeJobs(em, [OPERATIONS, IMPORTS])
  await sweepOperations(em, NOW)
  await sweepImports(em, NOW)
  await rows(em, sql`update graphile_worker._private_jobs set run_at = now()`)
}

/** A list with one customer that is to be deleted by a job. */
async function deletion(name: string): Promise<number> {
  const list = await addList(em, name)
  const ann = await addCustomer(em, { firstName: 'Ann' })
  await rows(em, sql`insert into list_membership (group_id, customer_id, joined_at) values (${list}, ${ann}, ${NOW})`)
  const made = await row(
    em,
    sql<{ id: number }>`
    insert into bulk_operation (kind, group_id, group_name, is_list, asked_by, asked_at)
    values ('delete-group', ${list}, ${name}, true, 2, ${NOW}) returning id
  `
  )
  await queueOperation(em, made?.id ?? 0)
  return made?.id ?? 0
}

/** Whatever is written to a table fails, until the answer is called. */
async function failing(table: string, code: string): Promise<() => Promise<void>> {
  await rows(
    em,
    sql.raw(`create or replace function fail() returns trigger language plpgsql as
      $$ begin raise exception 'It fails' using errcode = '${code}'; end $$`)
  )
  await rows(
    em,
    sql.raw(`create trigger failing before insert or delete on ${table} for each statement execute function fail()`)
  )
  return async () => void (await rows(em, sql.raw(`drop trigger failing on ${table}`)))
}

const jobs = () => count(em, sql`select count(*)::int as n from graphile_worker.jobs`)
const page = async (id: number) => words((await manager.get(`/operations/${id}`)).body)

t.test(
  'an operation that keeps failing is given up after its tries, also while servers look for lost ones',
  async (t) => {
    const id = await deletion('Failing')
    const mend = await failing('list_membership', 'P0001')
    for (let tries = 1; tries <= 5; tries++) {
      t.match(await page(id), 'You can leave this page', `before try ${tries}`)
      await doJobs(shop, NOW)
      await sweep()
    }
    t.equal((await findOperation(em, id)).state, 'failed')
    t.match(await page(id), 'Something went wrong on our side, so nothing was changed.')
    await mend()
    await doJobs(shop, NOW)
    t.equal((await findOperation(em, id)).state, 'failed', 'for good')
    await forgetFailedJobs(em)
    t.equal(await jobs(), 1, 'its job can be looked at')
    await rows(em, sql`update graphile_worker._private_jobs set run_at = now() - interval '61 minutes'`)
    await forgetFailedJobs(em)
    t.equal(await jobs(), 0, 'for an hour')
  }
)

t.test('one that fails for some tries only is done in the end', async (t) => {
  const id = await deletion('Better')
  const mend = await failing('list_membership', 'P0001')
  for (let tries = 1; tries <= 4; tries++) {
    await doJobs(shop, NOW)
    await sweep()
  }
  await mend()
  await doJobs(shop, NOW)
  t.equal((await findOperation(em, id)).state, 'done')
  t.equal(await jobs(), 0)
})

for (const [code, sentence] of [
  ['53100', 'The database’s disk is full. Whoever looks after the server needs to make room. Nothing was changed.'],
  ['57014', 'The database took too long, so this was stopped. Nothing was changed.'],
  ['25006', 'Nothing can be saved right now: the database can only be read. Nothing was changed.']
] as const) {
  t.test(`who asked is told why: ${sentence}`, async (t) => {
    const id = await deletion(`Code ${code}`)
    const mend = await failing('list_membership', code)
    await rows(em, sql`update graphile_worker._private_jobs set attempts = 4`)
    await doJobs(shop, NOW)
    await mend()
    t.match(await page(id), sentence)
  })
}

t.test('one that could not even be given up is as soon as that is possible', async (t) => {
  const id = await deletion('Given up late')
  await rows(
    em,
    sql`update graphile_worker._private_jobs set attempts = 5,
      last_error = 'could not extend file "base/5/16384": No space left on device' where key = ${`operation ${id}`}`
  )
  await sweep()
  t.match(
    await page(id),
    'The database’s disk is full. Whoever looks after the server needs to make room. Nothing was changed.'
  )
})

t.test('one that takes its process down each time is given up too', async (t) => {
  const id = await deletion('Deadly')
  await rows(em, sql`delete from graphile_worker._private_jobs where attempts = 5`)
  for (let tries = 1; tries <= 5; tries++) {
    t.equal((await findOperation(em, id)).state, 'waiting')
    // As the queue does when it hands a job out, and the process that took it is no more.
    await rows(
      em,
      sql`update graphile_worker._private_jobs
        set attempts = attempts + 1, locked_by = 'pool-dead', locked_at = now() - interval '3 seconds' where attempts < 5`
    )
    await sweep()
  }
  t.match(await page(id), 'This was interrupted 5 times, so Clientele gave up. Nothing was changed.')
})

t.test('an import that keeps failing is given up with its reason, and nothing of its file is left', async (t) => {
  const group = await addGroup(em, 'Full')
  const path = String((await upload(manager, group, lines('Ann,,,ann@example.org,,,'))).headers.location)
  const mend = await failing('import_row', '53100')
  for (let tries = 1; tries <= 5; tries++) {
    await doJobs(shop, NOW)
    await sweep()
  }
  await mend()
  await doJobs(shop, NOW)
  t.equal((await findImport(em, Number(path.split('/').at(-1)))).state, 'failed')
  t.match(
    words((await manager.get(path)).body),
    'The database’s disk is full. Whoever looks after the server needs to make room. Nothing was changed.'
  )
  t.same(await leftBehind(shop), {})
})
