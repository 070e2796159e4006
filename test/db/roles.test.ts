import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import t from 'tap'
import { findBinaries } from '../../src/db/binaries.ts'
import { type ClusterLocation, chooseLocation } from '../../src/db/cluster-location.ts'
import { eraseEmbedded } from '../../src/db/embedded.ts'
import { chownAll } from '../../src/db/files.ts'
import { migrate } from '../../src/db/migrate.ts'
import { freePort } from '../process.ts'
import { ask, hold, isStopped } from './holding.ts'

const home = mkdtempSync(join(tmpdir(), 'clientele-roles-'))
chmodSync(home, 0o711)
t.teardown(() => rmSync(home, { recursive: true, force: true }))

/** A folder as Clientele made it while `clientele` was the superuser, with the migrations done and some rows in two databases. */
async function oldFolder(): Promise<string> {
  const dir = join(home, 'old')
  const password = join(dir, 'postgres.password')
  mkdirSync(dir, { mode: 0o700 })
  writeFileSync(password, 'the-old-password', { mode: 0o600 })
  const place = chooseLocation(dir, await findBinaries(), 'passing')
  chownAll(dir, place.runner.identity)
  const [initdb, args] = place.runner.command(place.binaries.initdb, [
    ...['-D', join(dir, 'postgres'), '-U', 'clientele', `--pwfile=${password}`, '--auth=scram-sha-256'],
    ...['--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8', '--no-instructions', '--no-sync']
  ])
  const { status, stderr } = spawnSync(initdb, args, { ...place.runner.identity, cwd: '/', encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  await whileServing(place, fill)
  return dir
}

async function whileServing({ folder, runner, binaries }: ClusterLocation, work: (server: string) => Promise<void>) {
  const port = await freePort()
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off']
  const given = ['-D', join(folder, 'postgres'), ...settings.flatMap((one) => ['-c', one])]
  const [postgres, args] = runner.command(binaries.postgres, given)
  const running = spawn(postgres, args, { ...runner.identity, cwd: '/', stdio: 'ignore' })
  const ended = once(running, 'exit')
  try {
    await Promise.race([work(`postgres://clientele:the-old-password@127.0.0.1:${port}`), ended])
  } finally {
    running.kill('SIGINT')
    await ended
  }
}

async function fill(server: string): Promise<void> {
  while (!(await ask(`${server}/postgres`, 'select 1').catch(() => null))) await sleep(50)
  await ask(`${server}/postgres`, 'create database clientele')
  await migrate(`${server}/clientele`)
  await ask(
    `${server}/clientele`,
    `insert into retailer (name, country, time_zone, currency, locale) values ('Corner Shop', 'US', 'America/New_York', 'USD', 'en-US')`
  )
  await ask(`${server}/postgres`, 'create database clientele_bench')
  await ask(`${server}/clientele_bench`, 'create table kept as select 42 as n')
}

/** Whatever in a database is not the application's own, but what came with PostgreSQL or with an extension. */
async function notOurs(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows: catalogues } = await client.query<{ name: string; owner: string }>(
      `select attrelid::regclass::text as name, attname as owner from pg_attribute join pg_class on pg_class.oid = attrelid
      where attname ~ '^[a-z]+owner$' and atttypid = 'oid'::regtype and relkind = 'r' and relnamespace = 'pg_catalog'::regnamespace`
    )
    const owned = catalogues.map(
      ({ name, owner }) => `select '${name}'::regclass as class, oid, ${owner} as owner from ${name}`
    )
    const { rows } = await client.query<{ what: string }>(
      `select pg_describe_object(class, oid, 0) as what from (${owned.join(' union all ')}) owned
      where oid >= 16384 and owner <> 'clientele'::regrole
        and not exists (select from pg_depend where classid = class and objid = oid and deptype = 'e')
        and not exists (
          select from pg_type array_type join pg_depend on classid = 'pg_type'::regclass and objid = typelem and deptype = 'e'
          where class = 'pg_type'::regclass and array_type.oid = owned.oid)`
    )
    return rows.map(({ what }) => what)
  } finally {
    await client.end()
  }
}

t.test(
  'a folder in which the application was the superuser goes on: it gets another, and all that is in it',
  async (t) => {
    const dir = await oldFolder()
    t.teardown(() => eraseEmbedded(dir))

    // Cut off somewhere on the way, it is done again.
    const killed = hold(dir)
    await sleep(1_000 + Math.random() * 1_000)
    const { child } = await killed
    child.kill('SIGKILL')
    await once(child, 'exit')

    const one = await hold(dir, { role: 'server' })
    t.teardown(() => one.leave())
    const url = one.said
    t.match(url, 'postgres://clientele:the-old-password@')
    t.equal(
      await ask(url, 'select rolsuper or rolcreatedb or rolcreaterole from pg_roles where rolname = current_user'),
      false
    )
    t.equal(
      await ask(url, `select string_agg(rolname, ' ' order by rolname) from pg_roles where rolcanlogin`),
      'clientele postgres'
    )
    t.same(await notOurs(url), [])
    t.equal(await ask(url, 'select name from retailer'), 'Corner Shop')
    await migrate(url)
    await t.rejects(ask(url, `copy retailer to program 'cat'`), { code: '42501' })
    // What a migration may do one day, and the queue's own migrations.
    await ask(
      url,
      `begin; drop extension pg_trgm cascade; drop extension unaccent cascade; create extension pg_trgm; alter table customer add column x int;
    alter table graphile_worker._private_jobs add column x int; drop schema graphile_worker cascade; drop schema public cascade; rollback`
    )
    const bench = url.replace(/clientele$/, 'clientele_bench')
    t.same(await notOurs(bench), [])
    t.equal(await ask(bench, 'update kept set n = 43 returning n'), 43)
    await one.leave()
    t.ok(isStopped(dir))
  }
)
