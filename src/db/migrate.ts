import { Migrator } from '@mikro-orm/migrations'
import { MikroORM } from '@mikro-orm/postgresql'
import { Logger, runMigrations as migrateQueue } from 'graphile-worker'
import pg from 'pg'
import { StartError } from '../config.ts'

/** Any number; the same for every process that migrates. */
const MIGRATION_LOCK = 7_243_901

const SILENT = new Logger(() => () => {})

const OLDEST_POSTGRESQL = 150_000

/** Brings the database up to date. Several processes may call this at once: the first does it, the others wait. */
export async function migrate(url: string): Promise<void> {
  const lock = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  lock.on('error', () => {})
  await lock.connect()
  try {
    await refuseUnfit(lock)
    await lock.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    await runMigrations(url)
    await migrateQueue({ connectionString: url, logger: SILENT })
  } finally {
    await lock.end()
  }
}

async function refuseUnfit(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: string; encoding: string }>(
    `select current_setting('server_version_num') as version, current_setting('server_encoding') as encoding`
  )
  const server = rows[0]
  if (Number(server?.version) < OLDEST_POSTGRESQL)
    throw new StartError('DATABASE_URL names a PostgreSQL older than 15; Clientele needs 15 or newer.')
  if (server?.encoding !== 'UTF8') {
    throw new StartError(
      `DATABASE_URL names a database encoded in ${server?.encoding}; Clientele needs one created with encoding UTF8.`
    )
  }
}

async function runMigrations(url: string): Promise<void> {
  const orm = new MikroORM({
    entities: [],
    discovery: { warnWhenNoEntities: false },
    clientUrl: url,
    extensions: [Migrator],
    migrations: {
      path: new URL('../../migrations', import.meta.url).pathname,
      glob: '*.ts',
      snapshot: false,
      silent: true,
      tableName: 'migration'
    }
  })
  try {
    await orm.migrator.up()
  } finally {
    await orm.close()
  }
}
