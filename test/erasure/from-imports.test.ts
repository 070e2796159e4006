import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import t from 'tap'
import { Customer } from '../../src/customers/customer.ts'
import { rows } from '../../src/db/rows.ts'
import { deleteCustomer } from '../../src/erasure/deletion.ts'
import { forgetOldImports } from '../../src/imports/sweep.ts'
import { count, NOW, testApp, words } from '../helper.ts'
import { add, bucketsOf, checkFile, leftBehind, lines, standing } from '../imports/helper.ts'
import { multipart, upload } from '../imports/upload.ts'
import { doJobs } from '../jobs.ts'
import { addCustomer, addGroup } from '../shop.ts'

const shop = await testApp(t)
const { em } = shop
const manager = await shop.as('manager')
const group = await addGroup(em, 'Anew')
const WAITED = 'A customer was deleted while this file was waiting. Upload it again, without them if they are in it.'
const SIZE = 300_000

let people = 0
const newcomer = () => `ann${++people}@example.org`
const known = (email: string) => addCustomer(em, { firstName: 'Ann', email })
const mail = (email: string) => `Ann,,,${email},,,`
const remove = (id: number) => manager.post(`/customers/${id}/deletion`, { name: 'Ann' })
const isThere = async (email: string) =>
  (await count(em, sql`select count(*)::int as n from customer where email = ${email}`)) > 0
const importsOf = (answer: { headers: Record<string, unknown> }) => String(answer.headers.location)

async function ended(path: string) {
  await doJobs(shop, NOW)
  await manager.post(`${path}/columns`, { 'column-0': 'firstName', 'column-1': 'email' })
  await manager.post(`${path}/dates`, { order: 'day' })
  await manager.post(`${path}/additions`)
  await doJobs(shop, NOW)
  return standing(shop, manager, path)
}

t.test('an import that nobody has a plan of yet ends with a sentence, and its file is gone at once', async (t) => {
  const asking = {
    'to be read': (email: string) => upload(manager, group, lines(mail(email))).then(importsOf),
    'its columns': (email: string) =>
      checkFile(shop, manager, group, `Wer,Wo\nAnn,${email}\n`).then(({ path }) => path),
    'its dates': (email: string) =>
      checkFile(shop, manager, group, lines(`Ann,,,${email},07/08/1990,,`)).then(({ path }) => path)
  }
  for (const [what, begin] of Object.entries(asking)) {
    const email = newcomer()
    const path = await begin(email)
    t.equal((await remove(await known(email))).statusCode, 303)
    t.equal(await count(em, sql`select count(*)::int as n from import_chunk`), 0, what)
    const { file, page } = await ended(path)
    t.match(file, { state: 'failed', failure: WAITED, samples: [], headers: [] }, what)
    t.match(words(page), `people.csv was not imported ${WAITED}`)
    t.notOk(await isThere(email))
  }
  t.same(await leftBehind(shop), {})
})

t.test('an upload that is on its way meanwhile ends likewise', async (t) => {
  const email = newcomer()
  const id = await known(email)
  const { payload, headers } = multipart({}, { name: 'large.csv', bytes: lines(mail(email)).padEnd(SIZE, '\n') })
  async function* slowly() {
    yield payload.subarray(0, SIZE / 2)
    while ((await count(em, sql`select count(*)::int as n from import_chunk`)) === 0) await sleep(10)
    await remove(id)
    yield payload.subarray(SIZE / 2)
  }
  const cookie = [...manager.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const sent = { ...headers, cookie, host: 'localhost', origin: 'http://localhost' }
  const url = `/groups/${group}/import`
  const answer = await shop.app.inject({ method: 'POST', url, headers: sent, payload: Readable.from(slowly()) })
  t.equal(answer.statusCode, 303)
  t.same(await leftBehind(shop), {}, 'what came afterwards was not kept')
  t.match(words((await ended(importsOf(answer))).page), WAITED)
  t.notOk(await isThere(email))
})

/** Holds what `begun` needs until `between` is done. */
async function held(table: string, begun: () => Promise<unknown>, between: () => Promise<unknown>): Promise<void> {
  const pool = await em.getConnection().getNativeClient()
  const client = await pool.connect()
  await client.query('begin')
  await client.query(`lock table ${table} in share mode`)
  const going = begun()
  while (
    !(await count(em, sql`select count(*)::int as n from pg_locks where not granted and relation = ${table}::regclass`))
  )
    await sleep(10)
  await between()
  await client.query('commit')
  client.release()
  await going
}

t.test('nor does one that is being planned meanwhile leave anything', async (t) => {
  const email = newcomer()
  const id = await known(email)
  const path = importsOf(await upload(manager, group, lines(mail(email), `Bad,,,${email},,,`)))
  await held(
    'import_match',
    () => doJobs(shop, NOW),
    () => remove(id)
  )
  t.match(words((await ended(path)).page), WAITED)
  t.same(await leftBehind(shop), {})
  t.notOk(await isThere(email))
})

t.test('one that is being carried out meanwhile makes nobody anew, and its rows add up', async (t) => {
  const email = newcomer()
  const { path, file } = await checkFile(shop, manager, group, lines(mail(email), mail(newcomer())))
  t.same(bucketsOf(file.plan), { create: 2 })
  // They come by the form and are gone again while the import has found out who its rows are.
  await held(
    'import_match',
    () => add(shop, manager, path),
    async () => remove(await known(email))
  )
  t.notOk(await isThere(email))
  const done = await standing(shop, manager, path)
  t.same(bucketsOf(done.file.plan), { create: 1, wrong: 1 })
  t.match(words(done.page), 'The customer in this row was deleted')
  t.match(words(done.page), '1 row planned as “created” ended as “with errors”')
})

t.test('an upload that begins during a deletion waits for its end, and is one of afterwards', async (t) => {
  const email = newcomer()
  const id = await known(email)
  let going: Promise<string> = Promise.resolve('')
  await em.fork().transactional(async (inner) => {
    await deleteCustomer(inner, await inner.findOneOrFail(Customer, id), { id: 1, now: NOW })
    going = upload(manager, group, lines(mail(email))).then(importsOf)
    const waiting = sql<{
      n: number
    }>`select count(*)::int as n from pg_locks where not granted and locktype = 'advisory'`
    while (!(await count(em, waiting))) await sleep(10)
    t.notOk('import_row' in (await leftBehind(shop)), 'nothing of it is there')
  })
  const path = await going
  await doJobs(shop, NOW)
  t.same(bucketsOf((await standing(shop, manager, path)).file.plan), { create: 1 })
})

t.test('others’ rows and plans stay as they are', async (t) => {
  const [email, other] = [newcomer(), newcomer()]
  const id = await addCustomer(em, { firstName: 'Ann', lastName: 'Lee', email })
  const text = lines(
    `Ann,Leeds,,${other},,,`,
    `Joann,Lee,,x${email},,,`,
    `Ann,Lee,,${newcomer()},,,`,
    `Ann,Leeson,12,,,,`
  )
  const { path } = await checkFile(shop, manager, group, text)
  await manager.post(`/customers/${id}/deletion`, { name: 'Ann Lee' })
  const done = await add(shop, manager, path)
  t.same(bucketsOf(done.file.plan), { create: 3, wrong: 1 }, 'a namesake with another e-mail is somebody else')
  t.match((await manager.get(`${path}/errors.csv`)).body, 'Ann,Leeson,12')
})

t.test('30 days after its end nothing is kept of what a file was called and had for headers', async (t) => {
  const { path } = await checkFile(shop, manager, group, lines(mail(newcomer())), { name: 'Friends of Ann.csv' })
  await add(shop, manager, path)
  const after = (days: number) => new Date(NOW.getTime() + days * 24 * 60 * 60 * 1000)
  await rows(em, sql`update file_import set ended_at = ${NOW} where state = 'done'`)
  await forgetOldImports(em, after(29))
  t.equal((await standing(shop, manager, path)).file.fileName, 'Friends of Ann.csv')
  await forgetOldImports(em, after(31))
  t.match((await standing(shop, manager, path)).file, { fileName: 'A file', headers: [] })
  t.match(words((await manager.get(`/groups/${group}/import`)).body), 'A file by manager person')
})

t.test(
  'a column of the staging tables that may hold a name has no statistics, which would outlive its rows',
  async (t) => {
    await checkFile(shop, manager, group, lines(...Array.from({ length: 50 }, () => mail(newcomer()))))
    await rows(em, sql`analyze`)
    const kept = await rows(
      em,
      sql<{ column: string }>`
    select tablename || '.' || attname as column from pg_stats
    where schemaname = 'public' and coalesce(most_common_vals::text, '') || coalesce(histogram_bounds::text, '') like '%ann%'
      and tablename <> 'customer'`
    )
    t.same(kept, [])
  }
)
