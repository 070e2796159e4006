import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import t, { type Test } from 'tap'
import { clusterOf } from '../../src/db/cluster-location.ts'
import { eraseEmbedded, openEmbedded } from '../../src/db/embedded.ts'
import { createOrm } from '../../src/entities.ts'
import { settleFigures } from '../../src/figures/settle.ts'
import { verifyFigures } from '../../src/figures/verify.ts'
import { freePort, type Running, start } from '../process.ts'
import { lines } from './helper.ts'

// `npm run test:crash` does 20, 5 and 5 with 200,000 rows; these are what every run does.
const ROWS = Number(process.env.CRASH_ROWS ?? 5_000)
const KILLS = Number(process.env.CRASH_KILLS ?? 2)
const DATABASE_KILLS = Number(process.env.CRASH_DATABASE_KILLS ?? 1)
const SESSION_KILLS = Number(process.env.CRASH_SESSION_KILLS ?? 1)
const LOOK_MS = 50

const home = mkdtempSync(join(tmpdir(), 'clientele-crash-'))
const dir = join(home, 'demo')
const env = { DATA_DIR: home, PORT: String(await freePort()), LOG_LEVEL: 'error' }
const address = `http://127.0.0.1:${env.PORT}`
const GROUP = 3
let server = await run()
t.teardown(async () => {
  await server.interrupt()
  await eraseEmbedded(dir)
  rmSync(home, { recursive: true, force: true })
})

async function run(): Promise<Running> {
  const running = start(t, 'src/demo.ts', env)
  if (!/Ctrl-C/.test(await running.until(/Ctrl-C/))) throw new Error(`It did not start: ${running.said()}`)
  return running
}

let cookie = ''
cookie = await signIn()

async function signIn(): Promise<string> {
  const answer = await send('/sign-in', new URLSearchParams({ email: 'manager@demo.test', password: 'clientele-demo' }))
  return answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
}

async function send(path: string, body?: URLSearchParams | FormData): Promise<Response> {
  const headers = { origin: address, cookie }
  return fetch(`${address}${path}`, { method: body ? 'POST' : 'GET', body, redirect: 'manual', headers })
}

async function upload(text: string): Promise<string> {
  const form = new FormData()
  form.append('file', new Blob([text]), 'people.csv')
  return String((await send(`/groups/${GROUP}/import`, form)).headers.get('location'))
}

/** As somebody at the page would: presses Add Customers when it is there, and waits for the result, whatever dies meanwhile. */
async function drive(path: string): Promise<string> {
  for (;;) {
    const page = await look(path)
    if (/joined|was not imported/.test(page)) return page
    if (page.includes(`${path}/additions`)) await send(`${path}/additions`, new URLSearchParams()).catch(() => {})
    await sleep(LOOK_MS)
  }
}

const look = async (path: string): Promise<string> =>
  send(path).then(
    (answer) => answer.text(),
    () => ''
  )

async function killServer(): Promise<void> {
  server.child.kill('SIGKILL')
  await server.ended()
  server = await run()
}

async function killDatabase(): Promise<void> {
  process.kill(Number(readFileSync(join(clusterOf(dir), 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL')
  await killServer()
}

/** PostgreSQL ends all others then and starts anew by itself; the server lives and goes on. */
async function killSession(): Promise<void> {
  const { pid } = await ask<{ pid: number }>(
    `select pid from pg_stat_activity where application_name like 'clientele%' order by state = 'active' desc limit 1`
  )
  process.kill(pid, 'SIGKILL')
}

async function ask<Row extends pg.QueryResultRow>(query: string, values: unknown[] = []): Promise<Row> {
  const database = await openEmbedded(dir)
  const client = new pg.Client({ connectionString: database.url })
  try {
    await client.connect()
    const [row] = (await client.query<Row>(query, values)).rows
    if (!row) throw new Error(`Nothing was found by ${query}`)
    return row
  } finally {
    await client.end()
    await database.close()
  }
}

async function drift() {
  const database = await openEmbedded(dir)
  const orm = createOrm(database.url)
  try {
    await settleFigures(orm.em.fork())
    return (await verifyFigures(orm.em.fork())).filter(({ drifted }) => drifted > 0)
  } finally {
    await orm.close()
    await database.close()
  }
}

const person = (n: number) => `Crash,Nr ${n},,crash${n}@example.org,1990-02-03,,`
const half = Math.floor(ROWS / 2)
const file = lines(Array.from({ length: ROWS }, (_, n) => person(n)).join('\r\n'))

interface Ends {
  members: number
  customers: number
  done: number
  created: number
  added: number
}

/** What there is when an import of everybody is over, whatever happened on the way. */
const ends = () =>
  ask<Ends>(
    `select (select count(*)::int from primary_membership where group_id = $1 and operation_id = latest.id) as members,
      (select count(*)::int from customer where email like 'crash%') as customers, created, added,
      (select count(*)::int from bulk_operation where kind = 'import' and state = 'done') as done
    from bulk_operation latest where kind = 'import' order by id desc limit 1`,
    [GROUP]
  )

async function undo(path: string): Promise<void> {
  const { id } = await ask<{ id: number }>('select operation_id as id from file_import where id = $1', [
    Number(path.split('/').at(-1))
  ])
  const { headers } = await send(`/operations/${id}/undo`, new URLSearchParams({ sure: 'true' }))
  while (!/created by the import were deleted/.test(await look(String(headers.get('location'))))) await sleep(LOOK_MS)
}

// Half of them are customers before.
await ask(
  `with made as (
    insert into customer (first_name, last_name, email) select 'Crash', 'Nr ' || n, 'crash' || n || '@example.org'
    from generate_series(0, $1::int - 1) n returning id
  ), joined as (insert into primary_membership (customer_id, group_id, joined_at) select id, 1, now() from made)
  , counted as (insert into customer_totals (customer_id) select id from made)
  select count(*) from made`,
  [half]
)
let took = 0
let imports = 0

async function importOnce(t: Test, meanwhile: () => Promise<void>): Promise<string> {
  const path = await upload(file)
  const [page] = await Promise.all([drive(path), meanwhile()])
  imports++
  const { members, customers, done, created, added } = await ends()
  t.same(
    { members, customers, done, created, added },
    { members: ROWS, customers: ROWS, done: imports, created: ROWS - half, added: half }
  )
  t.match(page, 'joined')
  return path
}

t.test('left alone', async (t) => {
  const began = performance.now()
  const path = await importOnce(t, async () => {})
  took = performance.now() - began
  await undo(path)
})

for (const [what, times, kill] of [
  ['the process', KILLS, killServer],
  ['PostgreSQL', DATABASE_KILLS, killDatabase],
  ['one of PostgreSQL’s sessions', SESSION_KILLS, killSession]
] as const) {
  for (let time = 1; time <= times; time++) {
    t.test(`${what} is killed, ${time} of ${times}`, async (t) => {
      const moment = Math.random() * took
      t.comment(`after ${Math.round(moment)} of ${Math.round(took)} ms`)
      const path = await importOnce(t, async () => {
        await sleep(moment)
        await kill()
      })
      t.equal(server.child.exitCode, null, 'the server lives')
      await undo(path)
    })
  }
}

t.test('afterwards all figures are right, and no file is left', async (t) => {
  t.same(await drift(), [])
  t.equal((await ask<{ n: number }>('select count(*)::int as n from import_chunk')).n, 0)
})
