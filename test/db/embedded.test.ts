import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { eraseEmbedded, stopEmbedded } from '../../src/db/embedded.ts'
import { asOrdinary, hasNamespaces, isRoot, unlessNamespaces, unlessRoot } from '../machine.ts'
import { ask, HOLD, hold, isStopped, postmaster } from './holding.ts'

// initdb costs a second: it is done once, by the first test, and copied for the others.
const home = mkdtempSync(join(tmpdir(), 'clientele-embedded-'))
// Without namespaces it would live in a folder apart, which cluster-location.test.ts looks at.
if (isRoot && !hasNamespaces) chmodSync(home, 0o711)
const made = join(home, 'made')
t.teardown(() => rmSync(home, { recursive: true, force: true }))

function folder(t: Test, name: string, parent = home): string {
  const dir = join(parent, name)
  if (existsSync(made)) {
    mkdirSync(dir, { mode: 0o700 })
    for (const one of ['postgres', 'postgres.password', 'superuser.password'])
      cpSync(join(made, one), join(dir, one), { recursive: true })
  }
  t.teardown(() => eraseEmbedded(dir))
  return dir
}

t.test(
  'a new folder gets a UTF-8 cluster in which accents have trigrams, also with LANG unset and below a 0700 home',
  async (t) => {
    mkdirSync(made, { mode: 0o700 })
    t.teardown(() => stopEmbedded(made))
    const { PATH } = process.env
    const one = await hold(made, { env: { PATH } })
    await ask(one.said, 'create extension pg_trgm')
    t.equal(await ask(one.said, 'show server_encoding'), 'UTF8')
    t.equal(await ask(one.said, `select array_length(show_trgm('José'), 1)`), 5)
    t.equal(await ask(one.said, `select lower('ÉCLAIR')`), 'éclair')
    await one.leave()
    t.ok(isStopped(made), 'the last to leave stops it')
  }
)

t.test('it listens on this machine only, and asks for its password', async (t) => {
  const one = await hold(folder(t, 'private'))
  t.equal(await ask(one.said, 'show listen_addresses'), '127.0.0.1')
  const url = new URL(one.said)
  url.password = 'wrong'
  await t.rejects(ask(url.href, 'select 1'), { code: '28P01' })
  await one.leave()
})

t.test('works as whoever runs the tests, root or not', async (t) => {
  const one = await hold(folder(t, 'self'))
  t.equal(await ask(one.said, 'select current_database()'), 'clientele', one.said)
  await one.leave()
})

// A user namespace makes the other of the two, without leaving this folder.
t.test('works as the other of root and an ordinary user', { skip: unlessNamespaces }, async (t) => {
  const other = isRoot ? ['--map-user=1000', '--map-group=1000'] : ['--map-root-user']
  const one = await hold(folder(t, 'other'), { as: ['unshare', '--user', ...other] })
  t.equal(await ask(one.said, 'select current_database()'), 'clientele', one.said)
  await one.leave()
})

t.test('root runs it as the owner of the folder, who can go on without root', { skip: unlessRoot }, async (t) => {
  const ordinary = asOrdinary(HOLD)
  if (!ordinary) return t.comment('nobody else can read this folder')
  const open = mkdtempSync(join(tmpdir(), 'clientele-open-'))
  chmodSync(open, 0o755)
  t.teardown(() => rmSync(open, { recursive: true, force: true }))
  const dir = folder(t, 'owned', open)
  chownSync(dir, 65_534, 65_534)
  const root = await hold(dir)
  await ask(root.said, 'create table kept as select 42 as n')
  await root.leave()
  const { PATH } = process.env
  // Not what tap adds to the environment: it would have to write to this folder.
  const owner = await hold(dir, { as: ordinary, env: { PATH } })
  t.equal(await ask(owner.said, 'select n from kept'), 42, owner.said)
  await owner.leave()
})

t.test('the role of the application may do anything in its own database, and nothing beyond', async (t) => {
  const one = await hold(folder(t, 'roles'))
  t.equal(
    await ask(
      one.said,
      'select rolsuper or rolcreaterole or rolcreatedb or rolbypassrls from pg_roles where rolname = current_user'
    ),
    false
  )
  await t.rejects(ask(one.said, `copy (select 1) to program 'cat'`), { code: '42501' })
  await t.rejects(ask(one.said, `select pg_read_file('postgresql.conf')`), { code: '42501' })
  await t.rejects(ask(one.said, 'create database another'), { code: '42501' })
  await ask(one.said, 'create schema apart')
  await one.leave()
})

t.test('two that open at once share one server, and only the last stops it', async (t) => {
  const dir = folder(t, 'shared')
  const [one, two] = await Promise.all([hold(dir), hold(dir)])
  t.equal(one.said, two.said)
  await one.leave()
  t.equal(await ask(two.said, 'select 1'), 1)
  await two.leave()
  t.ok(isStopped(dir))
})

t.test('a second server is told who has the folder; a command joins', async (t) => {
  const dir = folder(t, 'server')
  const one = await hold(dir, { role: 'server' })
  const two = await hold(dir, { role: 'server' })
  t.match(two.said, new RegExp(`already running on this data folder \\(process ${one.child.pid}\\)`))
  const three = await hold(dir)
  t.equal(three.said, one.said)
  await three.leave()
  await one.leave()
})

t.test('after kill -9 of the process its database is joined, and stops with the next that leaves', async (t) => {
  const dir = folder(t, 'killed')
  const one = await hold(dir, { role: 'server' })
  await ask(one.said, 'create table kept (n int)')
  one.child.kill('SIGKILL')
  await once(one.child, 'exit')
  t.notOk(isStopped(dir), 'PostgreSQL lives on')
  const two = await hold(dir, { role: 'server' })
  t.equal(two.said, one.said)
  t.equal(await ask(two.said, 'select count(*)::int from kept'), 0)
  await two.leave()
  t.ok(isStopped(dir))
})

t.test('after kill -9 of PostgreSQL, or of the machine, it starts again with what was committed', async (t) => {
  const dir = folder(t, 'crashed')
  const one = await hold(dir)
  await ask(one.said, 'create table kept as select 42 as n')
  process.kill(postmaster(dir), 'SIGKILL')
  await one.leave()
  // What the machine's next start may find: the pid belongs to somebody else now.
  writeFileSync(join(dir, 'postgres', 'postmaster.pid'), `${process.pid}\n${join(dir, 'postgres')}\n`)
  const two = await hold(dir)
  t.equal(await ask(two.said, 'select n from kept'), 42)
  await two.leave()
})

t.test('files that were only half made are made again', async (t) => {
  const dir = folder(t, 'half')
  rmSync(join(dir, 'postgres'), { recursive: true })
  mkdirSync(join(dir, 'postgres.half', 'base'), { recursive: true })
  const one = await hold(dir)
  t.equal(await ask(one.said, 'select 1'), 1)
  await one.leave()
})

t.test(
  'a busy session that a killed PostgreSQL has left is ended, and whoever held the address finds the new server',
  async (t) => {
    const dir = folder(t, 'orphans')
    const one = await hold(dir)
    const busy = ask(one.said, 'select pg_sleep(600)').catch((error) => error)
    while (
      !(await ask(
        one.said,
        `select count(*)::int from pg_stat_activity where query like '%pg_sleep(600)' and pid <> pg_backend_pid()`
      ))
    ) {}
    process.kill(postmaster(dir), 'SIGKILL')
    const two = await hold(dir)
    t.equal(two.said, one.said)
    t.equal(await ask(one.said, 'select 1'), 1)
    t.ok((await busy) instanceof Error)
    await one.leave()
    await two.leave()
  }
)

t.test('what a customer typed is not left in the log by a refused statement', async (t) => {
  const dir = folder(t, 'log')
  const one = await hold(dir)
  await t.rejects(ask(one.said, `select 'ana@example.com'::int`))
  await one.leave()
  t.notMatch(readFileSync(join(dir, 'postgres.log'), 'utf8'), /ana@example\.com/)
})

t.test('a damaged cluster is refused in a sentence, and nothing of it is touched', async (t) => {
  const dir = folder(t, 'damaged')
  rmSync(join(dir, 'postgres', 'PG_VERSION'))
  t.match((await hold(dir)).said, /is damaged: it is not a whole PostgreSQL cluster/)
  t.ok(existsSync(join(dir, 'postgres', 'base')))
})

t.test('a folder that can’t be written to is named in a sentence', async (t) => {
  const file = join(home, 'a-file')
  writeFileSync(file, '')
  t.match((await hold(join(file, 'data'))).said, /^DATA_DIR .*a-file\/data can’t be written to/)
})

t.test('files of another PostgreSQL are refused in a sentence', async (t) => {
  const dir = folder(t, 'older')
  writeFileSync(join(dir, 'postgres', 'PG_VERSION'), '17\n')
  t.match((await hold(dir)).said, /was made by PostgreSQL 17, and this is 18/)
  writeFileSync(join(dir, 'postgres', 'PG_VERSION'), '18\n')
})
