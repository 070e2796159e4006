import { setTimeout as sleep } from 'node:timers/promises'
import { Migrator } from '@mikro-orm/migrations'
import { MikroORM } from '@mikro-orm/postgresql'
import { Logger, runMigrations as migrateQueue } from 'graphile-worker'
import type pg from 'pg'
import { StartError } from '../config.ts'
import { MIGRATIONS, recogniseBaseline } from './baseline.ts'
import { isDeadlock, isLockTimeout } from './breaches.ts'
import { endWithConnection } from './connections.ts'
import { type MigrationPatience, underLock } from './migration-lock.ts'

const SILENT = new Logger(() => () => {})

const OLDEST_POSTGRESQL = 150_000
const LOCK_TIMEOUT_MS = 1_000
const PATIENCE_MS = 10 * 60_000

/**
 * Brings the database up to date. Several processes may call this at once: the first one migrates and the others wait.
 */
export async function migrate(url: string, patience?: MigrationPatience): Promise<void> {
  await underLock(
    url,
    async (lock) => {
      await refuseUnfit(lock)
      await patiently(() => runMigrations(url))
      await migrateQueue({ connectionString: url, logger: SILENT })
    },
    patience
  )
}

async function refuseUnfit(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: string; encoding: string; isReadOnly: boolean }>(
    `select current_setting('server_version_num') as version, current_setting('server_encoding') as encoding,
      current_setting('transaction_read_only') = 'on' as "isReadOnly"`
  )
  const server = rows[0]
  if (Number(server?.version) < OLDEST_POSTGRESQL)
    throw new StartError('DATABASE_URL names a PostgreSQL older than 15; Clientele needs 15 or newer.')
  if (server?.encoding !== 'UTF8') {
    throw new StartError(
      `DATABASE_URL names a database encoded in ${server?.encoding}; Clientele needs one created with encoding UTF8.`
    )
  }
  if (server.isReadOnly) {
    throw new StartError('DATABASE_URL names a read-only database, such as a standby. Clientele needs the primary.')
  }
}

/**
 * Retries a migration that could not lock a table soon. While it waited for longer, everybody who came after it would
 * wait too.
 */
async function patiently(work: () => Promise<void>): Promise<void> {
  for (const until = Date.now() + PATIENCE_MS; ; await sleep(LOCK_TIMEOUT_MS)) {
    try {
      return await work()
    } catch (error) {
      const isHeld = isLockTimeout(error) || isDeadlock(error)
      if (!isHeld) throw error
      if (Date.now() > until)
        throw new StartError('The database was too busy to be brought up to date. Start again when less is going on.')
    }
  }
}

async function runMigrations(url: string): Promise<void> {
  const orm = new MikroORM({
    entities: [],
    discovery: { warnWhenNoEntities: false },
    clientUrl: url,
    extensions: [Migrator],
    driverOptions: { lock_timeout: LOCK_TIMEOUT_MS, onConnect: endWithConnection },
    migrations: {
      // Each migration has a transaction of its own, so that none keeps its locks while the next one waits.
      allOrNothing: false,
      path: MIGRATIONS,
      glob: '*.ts',
      snapshot: false,
      silent: true,
      tableName: 'migration'
    }
  })
  try {
    await recogniseBaseline(orm)
    await orm.migrator.up()
  } finally {
    await orm.close()
  }
}
