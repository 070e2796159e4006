import pg from 'pg'
import { REACHING } from './pulse.ts'

/** What pages and jobs need at the least. */
export const FEWEST = 3

/** What becomes of a process that starts now: others may hold all connections there are, or nothing can be saved. */
export async function meetNewcomers(url: string): Promise<'served' | 'refused' | 'read only'> {
  const options = { ...REACHING, connectionString: url, application_name: 'clientele newcomer' }
  const clients = Array.from({ length: FEWEST }, () => new pg.Client(options))
  const answers = await Promise.allSettled(
    clients.map((client) => {
      client.on('error', () => {})
      return client.connect().then(() => isReadOnly(client))
    })
  )
  for (const client of clients) client.end().catch(() => {})
  if (answers.some(({ status }) => status === 'rejected')) return 'refused'
  return answers.some((answer) => answer.status === 'fulfilled' && answer.value) ? 'read only' : 'served'
}

async function isReadOnly(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ setting: string }>(`select current_setting('transaction_read_only') as setting`)
  return rows[0]?.setting === 'on'
}
