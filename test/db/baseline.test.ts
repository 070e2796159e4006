import { readFileSync } from 'node:fs'
import type { IMigrator, MigrationObject } from '@mikro-orm/core'
import { Migration, Migrator } from '@mikro-orm/migrations'
import { MikroORM } from '@mikro-orm/postgresql'
import t, { type Test } from 'tap'
import { BEFORE, LAST_BEFORE, LAST_OF_BASELINE, MIGRATIONS } from '../../src/db/baseline.ts'
import { migrate } from '../../src/db/migrate.ts'
import { createDatabase, onServer } from '../database.ts'
import { freePort, start } from '../process.ts'
import { catalogueOf } from './catalogue.ts'
import { ask } from './holding.ts'

/** What catalogue.ts said, in PostgreSQL 18, of a database that the migrations of LAST_BEFORE had made. */
const SCHEMA_BEFORE = readFileSync(new URL('schema-before.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n')

const NAMES = `select string_agg(name, ' ' order by id) from migration`
const version = await onServer(async (client) => (await client.query('show server_version_num')).rows[0])
const otherVersion =
  !/^18/.test(version.server_version_num) && 'the catalogues of another PostgreSQL say the same otherwise'

async function database(t: Test, template?: string): Promise<string> {
  const { url, drop } = await createDatabase(template)
  t.teardown(drop)
  return url
}

/** As the migrations before left it: what they made is the same, so that only their names differ. */
async function databaseBefore(t: Test, names = BEFORE): Promise<string> {
  const url = await database(t)
  const values = names.map((name) => `('${name}')`).join(', ')
  await ask(
    url,
    `delete from migration where name <= '${LAST_OF_BASELINE}'; insert into migration (name) values ${values}`
  )
  await ask(url, `insert into customer_group (kind, name) values ('list', 'VIP')`)
  return url
}

async function withMigrator(
  url: string,
  migrations: { path: string } | { migrationsList: MigrationObject[] },
  work: (migrator: IMigrator) => Promise<unknown>
): Promise<void> {
  const orm = new MikroORM({
    entities: [],
    discovery: { warnWhenNoEntities: false },
    clientUrl: url,
    extensions: [Migrator],
    migrations: {
      ...migrations,
      glob: '*.ts',
      allOrNothing: false,
      snapshot: false,
      silent: true,
      tableName: 'migration'
    }
  })
  await work(orm.migrator).finally(() => orm.close())
}

t.test(
  'the baseline makes what the migrations before made, also one that was cut off in it',
  { skip: otherVersion },
  async (t) => {
    const url = await database(t, 'template0')
    await withMigrator(url, { path: MIGRATIONS }, (migrator) => migrator.up({ to: '05_sales' }))
    await withMigrator(url, { path: MIGRATIONS }, (migrator) => migrator.up({ to: LAST_OF_BASELINE }))
    const made = await catalogueOf(url)
    t.same(
      SCHEMA_BEFORE.filter((fact) => !made.includes(fact)),
      [],
      'nothing is missing'
    )
    t.same(
      made.filter((fact) => !SCHEMA_BEFORE.includes(fact)),
      [],
      'nothing is new'
    )
  }
)

t.test('a database at the last migration before is marked once and goes on, whoever starts on it', async (t) => {
  const url = await databaseBefore(t)
  await Promise.all([migrate(url), migrate(url)])
  const names = String(await ask(url, NAMES)).split(' ')
  t.same(
    names.filter((name) => BEFORE.includes(name)),
    BEFORE
  )
  t.ok(names.includes(LAST_OF_BASELINE))
  t.equal(new Set(names).size, names.length)
  t.equal(await ask(url, `select name from customer_group where kind = 'list'`), 'VIP')

  await ask(url, `insert into migration (name) values ('20990101T0000_of_tomorrow')`)
  await migrate(url)
  t.match(
    await ask(url, NAMES),
    /14_first_rows.* 20990101T0000_of_tomorrow$/,
    'what a newer process did is its own business'
  )
})

t.test('a process from before that starts beside or afterwards finds nothing to do', async (t) => {
  class Again extends Migration {
    override up(): void {
      this.addSql(`create collation people (provider = icu, locale = 'und')`)
    }
  }
  const process = { migrationsList: BEFORE.map((name) => ({ name, class: Again })) }
  const url = await databaseBefore(t)
  await migrate(url)
  await withMigrator(url, process, (migrator) => migrator.up())
  await migrate(url)

  const fresh = await database(t)
  const names = await ask(fresh, NAMES)
  await t.rejects(
    withMigrator(fresh, process, (migrator) => migrator.up()),
    /collation "people" already exists/,
    'on one that it never knew it ends before it has changed anything'
  )
  t.equal(await ask(fresh, NAMES), names)
})

t.test('an older database is refused in a sentence that names the commit to pass through', async (t) => {
  // As dc5d686 left it.
  const url = await databaseBefore(t, BEFORE.slice(0, 13))
  const names = await ask(url, NAMES)
  const started = start(t, 'src/server.ts', { DATABASE_URL: url, PORT: String(await freePort()) })
  t.equal(await started.ended(), 1)
  t.equal(
    started.said(),
    `This database is from an older Clientele, and nothing in it was changed. To go on, bring it up to date with an earlier version first: git checkout ${LAST_BEFORE} && npm ci && npm run migrate. Then come back: git checkout - && npm ci && npm start.\n`
  )
  t.equal(await ask(url, NAMES), names)
})
