import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { BEFORE } from '../src/db/baseline.ts'
import { clusterOf } from '../src/db/cluster-location.ts'
import { eraseEmbedded, openEmbedded } from '../src/db/embedded.ts'
import { createDatabase, databaseUrl, onServer } from './database.ts'
import { ask, isStopped, postmaster } from './db/holding.ts'
import { freePort, start } from './process.ts'

function folder(t: Test): string {
  const dir = mkdtempSync(join(tmpdir(), 'clientele-server-'))
  t.teardown(async () => {
    for (const one of [join(dir, 'demo'), dir]) if (existsSync(join(one, 'holders.sqlite'))) await eraseEmbedded(one)
    rmSync(dir, { recursive: true, force: true })
  })
  return dir
}

async function emptyDatabase(t: Test, name: string): Promise<string> {
  await onServer((client) => client.query(`create database ${name}`))
  t.teardown(() => onServer((client) => client.query(`drop database ${name} with (force)`)))
  return databaseUrl(name)
}

const customersOf = async (address: string) => {
  const form = new URLSearchParams({ email: 'staff@demo.test', password: 'clientele-demo' })
  const signIn = await fetch(`${address}/sign-in`, {
    method: 'POST',
    body: form,
    redirect: 'manual',
    headers: { origin: address }
  })
  const cookie = signIn.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
  return (await fetch(`${address}/groups`, { headers: { cookie } })).text()
}

t.test('the demo starts, shows its address and three sign-ins, and is found as it was left', async (t) => {
  const dir = folder(t)
  const port = await freePort()
  const address = `http://127.0.0.1:${port}`
  const env = { DATA_DIR: dir, PORT: String(port) }

  const first = start(t, 'src/demo.ts', env)
  await first.until(/Ctrl-C/)
  t.match(first.said(), address)
  for (const role of ['admin', 'manager', 'staff'])
    t.match(first.said(), new RegExp(`${role}@demo\\.test +clientele-demo`))
  t.match(await customersOf(address), /8 groups|10 groups, 793 customers/)
  const { code, took } = await first.interrupt()
  t.equal(code, 0)
  t.ok(took < 5_000, `Ctrl-C took ${took} ms`)
  t.match(readFileSync(join(dir, 'demo', 'postgres.log'), 'utf8'), /database system is shut down/)

  const second = start(t, 'src/demo.ts', env)
  await second.until(/Ctrl-C/)
  t.match(await customersOf(address), /793 customers/)
  second.child.kill('SIGKILL')
  await second.ended()

  const third = start(t, 'src/demo.ts', env)
  await third.until(/Ctrl-C/)
  t.match(await customersOf(address), /793 customers/, 'after kill -9 nobody had to help')

  process.kill(postmaster(join(dir, 'demo')), 'SIGKILL')
  const killed = performance.now()
  while (!/793 customers/.test(await customersOf(address))) await sleep(100)
  t.ok(performance.now() - killed < 100_000, 'PostgreSQL that died is started again, in some ten seconds')
  t.match(third.said(), /the embedded PostgreSQL has died and is started again/)

  const version = join(clusterOf(join(dir, 'demo')), 'PG_VERSION')
  renameSync(version, `${version}.away`)
  process.kill(postmaster(join(dir, 'demo')), 'SIGKILL')
  await third.until(/could not be started/)
  renameSync(`${version}.away`, version)
  while (!/793 customers/.test(await customersOf(address))) await sleep(100)
  t.pass('what can’t be started is tried again')
  t.equal((await third.interrupt('SIGTERM')).code, 0)
  t.ok(isStopped(join(dir, 'demo')), 'and it stops as ever')

  // As an older version left it.
  const older = await openEmbedded(join(dir, 'demo'))
  await ask(older.url, `delete from migration; insert into migration (name) values ('${BEFORE[0]}')`)
  await ask(older.url, `update retailer set name = 'Of old'`)
  await older.close()
  const real = start(t, 'src/server.ts', { ...env, DATA_DIR: join(dir, 'demo') })
  t.equal(await real.ended(), 1)
  t.match(real.said(), /^This database is from an older Clientele[^\n]*\n$/)
  t.same(readdirSync(dir), ['demo'], 'a shop’s data is not touched')

  const anew = start(t, 'src/demo.ts', env)
  await anew.until(/Ctrl-C/)
  const [, aside = ''] =
    /can’t go on, because it is from an older Clientele\. It was moved to (\S+), which/.exec(anew.said()) ?? []
  t.match(await customersOf(address), /793 customers/)
  t.equal((await anew.interrupt()).code, 0)
  const kept = await openEmbedded(aside)
  t.teardown(() => eraseEmbedded(aside))
  t.equal(await ask(kept.url, 'select name from retailer'), 'Of old')
  await kept.close()
})

t.test('npm start on an empty database prints a set-up link once; a second one on the folder is told', async (t) => {
  const dir = folder(t)
  const env = { DATA_DIR: dir, PORT: String(await freePort()), LOG_LEVEL: 'warn' }
  const server = start(t, 'src/server.ts', env)
  await server.until(/set-up\//)
  const link = /http:\S+\/set-up\/\S+/.exec(server.said())?.[0] ?? ''
  t.equal((await fetch(link)).status, 200)

  const second = start(t, 'src/server.ts', { ...env, PORT: String(await freePort()) })
  t.equal(await second.ended(), 1)
  t.match(
    second.said(),
    new RegExp(`^Clientele is already running on this data folder \\(process ${server.child.pid}\\)[^\\n]*\\n$`)
  )

  const migrate = start(t, 'src/cli/migrate.ts', env)
  t.equal(await migrate.ended(), 0, 'a command works beside the running server')
  t.equal((await fetch(new URL('/health/ready', link))).status, 200, 'and leaves it its database')
  t.equal((await server.interrupt()).code, 0)
})

t.test(
  'ADMIN_EMAIL and ADMIN_PASSWORD make the first admin of an empty database, in a shared PostgreSQL too',
  async (t) => {
    const url = await emptyDatabase(t, 'test_first_admin')
    const env = {
      DATABASE_URL: url,
      ADMIN_EMAIL: 'Owner@Shop.test',
      ADMIN_PASSWORD: 'correct horse battery',
      LOG_LEVEL: 'warn'
    }
    const ports = [await freePort(), await freePort()]
    // Both at once: one migrates, the other waits for it.
    const servers = ports.map((port) => start(t, 'src/server.ts', { ...env, PORT: String(port) }))
    for (const server of servers) t.match(await server.until(/listens on/), /listens on/)
    for (const [index, port] of ports.entries()) {
      const address = `http://127.0.0.1:${port}`
      const body = new URLSearchParams({ email: 'owner@shop.test', password: 'correct horse battery' })
      const response = await fetch(`${address}/sign-in`, {
        method: 'POST',
        body,
        redirect: 'manual',
        headers: { origin: address }
      })
      t.equal(response.status, 303, servers[index]?.said() ?? '')
    }
    t.notMatch(servers[0]?.said(), /set-up/)
    for (const server of servers) t.equal((await server.interrupt()).code, 0)
  }
)

t.test('a request that is running when the stop comes is answered', async (t) => {
  const { url, drop } = await createDatabase()
  t.teardown(drop)
  const port = await freePort()
  const server = start(t, 'src/server.ts', { DATABASE_URL: url, PORT: String(port), LOG_LEVEL: 'warn' })
  await server.until(/listens on/)
  const body = 'email=a%40b.test&password=wrong+password'
  const socket = connect(port, '127.0.0.1')
  const answer = text(socket)
  const head = [
    'POST /sign-in HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    `Origin: http://127.0.0.1:${port}`,
    'Content-Type: application/x-www-form-urlencoded'
  ]
  socket.write(`${head.join('\r\n')}\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 10)}`)
  await new Promise((resolve) => setTimeout(resolve, 300))
  const stopped = server.interrupt()
  socket.write(body.slice(10))
  t.match(await answer, /^HTTP\/1\.1 422 [\s\S]*The e-mail or password is wrong/)
  const { code, took } = await stopped
  t.equal(code, 0)
  t.ok(took < 5_000, `it took ${took} ms`)
})

t.test('before a SIGTERM closes the door, a balancer is told so for some seconds, in which all goes on', async (t) => {
  const { url, drop } = await createDatabase()
  t.teardown(drop)
  const port = await freePort()
  const server = start(t, 'src/server.ts', { DATABASE_URL: url, PORT: String(port), LOG_LEVEL: 'warn' })
  await server.until(/listens on/)
  const ask = (path: string) => fetch(`http://127.0.0.1:${port}${path}`)
  t.equal((await ask('/health/ready')).status, 200)
  const began = performance.now()
  const stopped = server.interrupt('SIGTERM')
  const last = { notReady: 0, page: 0 }
  for (let isOpen = true; isOpen; await sleep(100)) {
    const [ready, page] = await Promise.all([ask('/health/ready'), ask('/sign-in')]).catch(() => [])
    isOpen = page?.status === 200
    if (ready?.status === 503) last.notReady = performance.now() - began
    if (isOpen) last.page = performance.now() - began
  }
  t.ok(last.notReady > 2_000, `it was told until ${last.notReady} ms`)
  t.ok(last.page > 2_000, `pages came until ${last.page} ms`)
  const { code, took } = await stopped
  t.equal(code, 0)
  t.ok(took < 8_000, `before Docker loses its patience: it took ${took} ms`)
})

t.test('while the database is away the process lives, is not ready after 10 s, and says so', async (t) => {
  const dir = folder(t)
  const database = await openEmbedded(dir)
  const port = await freePort()
  const server = start(t, 'src/server.ts', { DATABASE_URL: database.url, PORT: String(port), LOG_LEVEL: 'silent' })
  await server.until(/listens on/)
  const status = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status
  t.equal(await status('/health/ready'), 200)
  await database.close()
  const page = await fetch(`http://127.0.0.1:${port}/groups`)
  t.equal(page.status, 503)
  t.match(await page.text(), /database can’t be reached[\s\S]*Request <code>[\da-f-]{36}/)
  t.equal(await status('/health/ready'), 200, 'a restart of the database is no reason to send people elsewhere')
  await sleep(12_000)
  t.equal(await status('/health/ready'), 503)
  t.equal(await status('/health/live'), 200, 'nor is any absence one to restart this process')
  const { code, took } = await server.interrupt()
  t.equal(code, 0)
  t.ok(took < 5_000, `it took ${took} ms`)
})

t.test('the demo and the shop keep apart', async (t) => {
  const { url, drop } = await createDatabase()
  t.teardown(drop)
  const env = { DATABASE_URL: url, PORT: String(await freePort()), LOG_LEVEL: 'warn' }
  const beyond = start(t, 'src/demo.ts', { ...env, HOST: '0.0.0.0' })
  t.equal(await beyond.ended(), 1)
  t.match(beyond.said(), /^HOST must be this machine \(127\.0\.0\.1\) for the demo/)

  const demo = start(t, 'src/demo.ts', env)
  await demo.until(/Ctrl-C/)
  await demo.interrupt()
  const shop = start(t, 'src/server.ts', env)
  t.equal(await shop.ended(), 1)
  t.match(shop.said(), /^DATABASE_URL names the demo’s database/)
})

t.test('a wrong value stops the start with one sentence that names the variable', async (t) => {
  const wrong = [
    [{ PORT: 'eighty' }, /^PORT must be a port number\.\n$/],
    [{ DATABASE_URL: 'mysql://x' }, /^DATABASE_URL must start with postgres:\/\/\.\n$/],
    [{ DATABASE_URL: 'postgres://x@127.0.0.1:1/x' }, /^DATABASE_URL names a PostgreSQL that can’t be reached[^\n]*\n$/],
    [{ LOG_LEVEL: 'loud' }, /^LOG_LEVEL must be [^\n]*\n$/],
    [{ ADMIN_EMAIL: 'a@b.test' }, /^ADMIN_EMAIL and ADMIN_PASSWORD must be given together\.\n$/]
  ] as const
  await Promise.all(
    wrong.map(async ([env, sentence]) => {
      const server = start(t, 'src/server.ts', { DATA_DIR: '/nonexistent', ...env })
      t.equal(await server.ended(), 1)
      t.match(server.said(), sentence)
    })
  )
})
