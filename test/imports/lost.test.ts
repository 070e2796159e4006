import { sql } from 'kysely'
import t from 'tap'
import { freeJobs, RUNNER_LOCK } from '../../src/db/queue/sweep.ts'
import { row, rows } from '../../src/db/rows.ts'
import { findImport } from '../../src/imports/queries.ts'
import { NOTHING } from '../../src/imports/reading/sheet.ts'
import { IMPORT_LOCK, readFile } from '../../src/imports/staging.ts'
import { IMPORTS, sweepImports } from '../../src/imports/sweep.ts'
import { count, testApp } from '../helper.ts'
import { doJobs } from '../jobs.ts'
import { addGroup } from '../shop.ts'
import { lines } from './helper.ts'
import { upload } from './upload.ts'

const shop = await testApp(t)
const { em } = shop
const manager = await shop.as('manager')
const group = await addGroup(em, 'Readers')

async function uploaded(): Promise<number> {
  const answer = await upload(manager, group, lines('Ann,,,ann@example.org,,,'))
  return Number(String(answer.headers.location).split('/').at(-1))
}

t.test('whoever reads a file holds it before the first look at it', async (t) => {
  const importId = await uploaded()
  const pool = await em.getConnection().getNativeClient()
  const task = {
    importId,
    size: 0,
    mapping: [],
    readsGroups: false,
    country: 'SG',
    locale: 'en-SG',
    today: '2026-11-27'
  }
  // A look at it would find nothing there.
  await rows(em, sql`delete from import_chunk where import_id = ${importId}`)
  const other = await pool.connect()
  await other.query('select pg_advisory_lock(hashtext($2), $1)', [importId, IMPORT_LOCK])
  await readFile(pool, task)
  await other.query('select pg_advisory_unlock(hashtext($2), $1)', [importId, IMPORT_LOCK])
  other.release()
  await t.rejects(readFile(pool, task), { message: NOTHING })
  const found = await row(em, sql<{ state: string }>`select state from file_import where id = ${importId}`)
  t.equal(found?.state, 'reading')
})

t.test('an import that a living process has taken is not lost, however long its upload took', async (t) => {
  const importId = await uploaded()
  const taken = () =>
    count(
      em,
      sql`select count(*)::int as n from graphile_worker.jobs where key = ${`import ${importId}`} and locked_by is not null`
    )
  const sweep = async () => {
    await freeJobs(em, [IMPORTS])
    await sweepImports(em, new Date())
  }
  await rows(em, sql`update file_import set asked_at = now() - interval '1 hour' where id = ${importId}`)
  await rows(
    em,
    sql`update graphile_worker._private_jobs set locked_by = 'pool-of-mine', locked_at = now() - interval '10 seconds'`
  )
  await em.fork().transactional(async (inner) => {
    await rows(inner, sql`select pg_advisory_xact_lock(hashtext(${RUNNER_LOCK}), hashtext('pool-of-mine'))`)
    await sweep()
    t.equal(await taken(), 1, 'whoever took it is at it')
  })
  await sweep()
  t.equal(await taken(), 0, 'nobody is at it')
  await doJobs(shop, new Date())
  t.equal((await findImport(em, importId)).state, 'planned')
})
