import type { Config } from '../config.ts'
import { CannotGoOn } from './cannot-go-on.ts'
import type { Purpose } from './cluster-location.ts'
import { type Embedded, openEmbedded } from './embedded.ts'
import { migrate } from './migrate.ts'
import { moveDatabaseAside } from './set-aside.ts'

type DatabaseOptions = Pick<Config, 'DATABASE_URL' | 'DATA_DIR'> & { purpose?: Purpose }

/** Opens the retailer's own PostgreSQL if DATABASE_URL names one, otherwise the embedded one of the data folder. */
export async function openDatabase(
  { DATABASE_URL, DATA_DIR, purpose }: DatabaseOptions,
  role: 'server' | 'command'
): Promise<Embedded> {
  if (DATABASE_URL) return { url: DATABASE_URL, keepRunning: () => {}, close: async () => {} }
  return openEmbedded(DATA_DIR, { role, purpose })
}

/**
 * Opens and migrates a server's database. If a demo's database can't be used any more, it is moved aside and a new one
 * is made.
 */
export async function openUpToDate(where: DatabaseOptions): Promise<Embedded> {
  try {
    return await openAndMigrate(where)
  } catch (error) {
    const isDemo = where.purpose === 'passing' && !where.DATABASE_URL
    if (!isDemo || !(error instanceof CannotGoOn)) throw error
    const aside = await moveDatabaseAside(where.DATA_DIR)
    console.log(
      `The demo in ${where.DATA_DIR} can’t go on, because ${error.reason}. It was moved to ${aside}, which you may delete, and a new demo takes its place.`
    )
    return openAndMigrate(where)
  }
}

async function openAndMigrate(where: DatabaseOptions): Promise<Embedded> {
  const database = await openDatabase(where, 'server')
  try {
    await migrate(database.url)
    return database
  } catch (error) {
    await database.close()
    throw error
  }
}
