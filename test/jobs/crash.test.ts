import { once } from 'node:events'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { words } from '../helper.ts'
import { lines } from '../imports/helper.ts'
import { multipart } from '../imports/upload.ts'
import { network } from './hole.ts'
import {
  ADMIN,
  ask,
  deletion,
  isDone,
  queue,
  serve,
  startAgain,
  stopAtOnce,
  stuckJob,
  until,
  url
} from './own-database.ts'

t.test('a process of PostgreSQL’s is killed while it does a job, and PostgreSQL is stopped at once', async (t) => {
  const server = await serve(t)
  for (const [name, happen] of [
    ['killed', async (pid: number) => process.kill(pid, 'SIGKILL')],
    ['killed again', async (pid: number) => process.kill(pid, 'SIGKILL')],
    ['stopped', stopAtOnce]
  ] as const) {
    const { id, pid } = await stuckJob(name)
    await happen(pid)
    if (name === 'stopped') await startAgain()
    t.ok(await isDone(id), `${name}: the job is done`)
    t.ok(server.isRunning() && (await server.isLive()), `${name}: the process lives`)
  }
  const next = await deletion('next')
  await queue(next)
  t.ok(await isDone(next))
  // The queue hears of the end a moment after the job has said so.
  t.ok(
    await until('select count(*) = 0 from graphile_worker.jobs where locked_by is not null'),
    'no job is left locked'
  )
  await server.stop()
})

/** A machine whose clock is ten minutes ahead. */
const AHEAD = `data:text/javascript,${encodeURIComponent(`
  const Right = Date
  globalThis.Date = class extends Right {
    constructor(...given) { given.length ? super(...given) : super(Right.now() + 600_000) }
    static now() { return Right.now() + 600_000 }
  }`)}`

t.test(
  'PostgreSQL crashes in the middle of an upload, on a machine with a wrong clock: the file is refused in a sentence',
  async (t) => {
    const server = await serve(t, url, { NODE_OPTIONS: `--import=${AHEAD}` })
    const credentials = new URLSearchParams({ email: ADMIN.ADMIN_EMAIL, password: ADMIN.ADMIN_PASSWORD })
    const headers = { origin: server.address }
    const signedIn = await fetch(`${server.address}/sign-in`, {
      method: 'POST',
      body: credentials,
      redirect: 'manual',
      headers
    })
    const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    const signIn = await ask('select abs(extract(epoch from max(created_at) - now()))::float as off from session')
    t.ok(Number(signIn.off) < 30, 'a machine whose clock is wrong goes by the database’s')
    const { id: group } = await ask(`insert into customer_group (kind, name) values ('primary', 'Upload') returning id`)
    const rows = Array.from({ length: 20_000 }, (_, n) => `Up,Nr ${n},,up${n}@example.org,,,`)
    const form = multipart({}, { name: 'people.csv', bytes: lines(rows.join('\r\n')) })
    const sent = request({
      host: '127.0.0.1',
      port: server.port,
      method: 'POST',
      path: `/groups/${group}/import`,
      headers: { ...headers, ...form.headers, cookie, 'content-length': form.payload.length }
    })
    const half = Math.floor(form.payload.length / 2)
    sent.write(form.payload.subarray(0, half))
    await until('select count(*) > 5 from import_chunk')
    await stopAtOnce()
    await startAgain()
    sent.end(form.payload.subarray(half))
    const [answer] = await once(sent, 'response')
    t.equal(answer.statusCode, 422)
    t.match(words(await text(answer)), 'Part of this file was lost on the way. Upload it again.')
    t.ok(await until('select count(*) = 0 from file_import'))
    await server.stop()
  }
)

t.test(
  'after a network that swallowed every byte the queue listens again, and does what was asked meanwhile',
  async (t) => {
    const way = await network(t, url)
    const server = await serve(t, way.url)
    const listens = `select count(*) > 0 from pg_stat_activity
    where application_name = 'clientele jobs' and query = 'select ''listening''' and query_start > $1`
    t.ok(await until(listens, [new Date(0)]))
    way.swallow(true)
    const meanwhile = await deletion('meanwhile')
    await queue(meanwhile)
    await sleep(12_000)
    const back = Date.now()
    way.swallow(false)
    t.ok(await isDone(meanwhile))
    t.ok(await until(listens, [new Date()]))
    t.ok(Date.now() - back < 30_000, `${Date.now() - back} ms after the network`)
    t.ok(server.isRunning())
    await server.stop()
  }
)
