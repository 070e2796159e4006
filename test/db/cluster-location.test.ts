import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { eraseEmbedded } from '../../src/db/embedded.ts'
import { moveDatabaseAside } from '../../src/db/set-aside.ts'
import { unlessRoot, withoutNamespaces } from '../machine.ts'
import { ask, hold, isStopped } from './holding.ts'

const NOBODY = 65_534
const LASTING = '/var/lib/clientele'
const as = unlessRoot ? null : withoutNamespaces((work) => t.teardown(work))
const skip = unlessRoot || (as ? false : 'this machine can’t forbid user namespaces')
const chroot = as ?? []
const { PATH } = process.env

/** As a machine is where root may not make namespaces, and LANG is unset. */
const start = (dir: string, purpose?: 'passing' | 'lasting', env: NodeJS.ProcessEnv = {}) =>
  hold(dir, { as: chroot, purpose, env: { PATH, ...env } })

function home(t: Test, mode: number): string {
  const dir = mkdtempSync(join(tmpdir(), 'clientele-place-'))
  chmodSync(dir, mode)
  t.teardown(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

const modeOf = (path: string) => lstatSync(path).mode & 0o7777

t.test('root without namespaces keeps the cluster in an open folder’s own data folder', { skip }, async (t) => {
  const dir = join(home(t, 0o755), '.data', 'demo')
  t.teardown(() => eraseEmbedded(dir))
  const one = await start(dir)
  t.equal(await ask(one.said, 'show server_encoding'), 'UTF8', one.said)
  t.equal(one.told(), '')
  t.match(lstatSync(join(dir, 'postgres')), { uid: NOBODY })
  t.match([modeOf(dir), lstatSync(dir).uid], [0o710, 0], 'nobody else may look into it')
  await ask(one.said, 'create table kept as select 42 as n')
  await one.leave()

  const copy = join(dirname(dir), 'copy')
  cpSync(dir, copy, { recursive: true })
  t.teardown(() => eraseEmbedded(copy))
  const two = await start(copy)
  t.equal(await ask(two.said, 'select n from kept'), 42, 'a copy that belongs to root starts as it is')
  await two.leave()
})

t.test('below a 0700 home it lives in a folder apart, which every start finds', { skip }, async (t) => {
  const dir = join(home(t, 0o700), '.data', 'demo')
  t.teardown(() => eraseEmbedded(dir))
  // The first choice is one from which anybody may take anything away.
  const unsafe = home(t, 0o777)
  const one = await start(dir, 'passing', { TMPDIR: unsafe })
  await ask(one.said, 'create table kept as select 42 as n')
  t.same(readdirSync(unsafe), [])
  const folder = readFileSync(join(dir, 'postgres.folder'), 'utf8')
  t.match(folder, /^\/tmp\/clientele-\w{6}$/)
  t.equal(one.told(), `PostgreSQL’s files are in ${folder}, which ${dir} names.\n`)
  t.match([modeOf(folder), lstatSync(folder).uid, lstatSync(folder).gid], [0o710, 0, NOBODY])
  t.match([modeOf(join(folder, 'postgres')), lstatSync(join(folder, 'postgres')).uid], [0o700, NOBODY])
  t.notOk(existsSync(join(dir, 'postgres')))
  await one.leave()
  t.ok(isStopped(dir))

  const two = await start(dir, 'lasting')
  t.equal(await ask(two.said, 'select n from kept'), 42)
  await two.leave()

  const copy = join(dirname(dir), 'copy')
  cpSync(dir, copy, { recursive: true })
  t.match((await start(copy)).said, `The database in ${folder} belongs to ${dir}, not to ${copy}.`)

  rmSync(join(folder, 'postgres'), { recursive: true })
  const gone = await start(dir)
  t.match(gone.said, new RegExp(`^The database of ${dir} was in ${folder}, but is gone\\.`))
  t.notOk(existsSync(join(folder, 'postgres')), 'no empty one takes its place')
  rmSync(folder, { recursive: true })
  t.match((await start(dir)).said, /but is gone\./)
})

t.test('what is to last lives apart in /var/lib/clientele', { skip }, async (t) => {
  const dir = join(home(t, 0o700), '.data')
  let aside = ''
  const isNew = !existsSync(LASTING)
  t.teardown(async () => {
    for (const one of [dir, aside]) if (one) await eraseEmbedded(one)
    if (isNew) rmdirSync(LASTING)
  })
  const one = await start(dir, 'lasting')
  t.equal(await ask(one.said, 'select 1'), 1)
  const folder = readFileSync(join(dir, 'postgres.folder'), 'utf8')
  t.match(folder, new RegExp(`^${LASTING}/clientele-\\w{6}$`))
  await ask(one.said, 'create table kept as select 42 as n')
  await t.rejects(moveDatabaseAside(dir), /^Process \d+ uses .*\. Stop it, then start again\.$/)
  await one.leave()

  aside = await moveDatabaseAside(dir)
  t.equal(readFileSync(join(aside, 'postgres.folder'), 'utf8'), folder)
  const two = await start(aside, 'lasting')
  t.equal(await ask(two.said, 'select n from kept'), 42, 'set aside it is found where it is')
  await two.leave()
})

t.test('a folder that somebody else could have put in its place is not taken', { skip }, async (t) => {
  const parent = home(t, 0o755)
  const dir = join(parent, 'data')
  const foreign = join(parent, 'foreign')
  mkdirSync(dir)
  mkdirSync(join(foreign, 'postgres'), { recursive: true })
  writeFileSync(join(foreign, 'data-dir'), dir)
  chmodSync(foreign, 0o777)
  writeFileSync(join(dir, 'postgres.folder'), foreign)
  t.match((await start(dir)).said, /^The database in .*foreign belongs to nobody/)
})
