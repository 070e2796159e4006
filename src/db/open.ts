import type { Config } from '../config.ts'
import { type Embedded, openEmbedded } from './embedded.ts'
import type { Purpose } from './place.ts'

/** The retailer's own PostgreSQL if DATABASE_URL names one, else the embedded one of the data folder. */
export async function openDatabase(
  { DATABASE_URL, DATA_DIR, purpose }: Pick<Config, 'DATABASE_URL' | 'DATA_DIR'> & { purpose?: Purpose },
  role: 'server' | 'command'
): Promise<Embedded> {
  if (DATABASE_URL) return { url: DATABASE_URL, keepRunning: () => {}, close: async () => {} }
  return openEmbedded(DATA_DIR, { role, purpose })
}
