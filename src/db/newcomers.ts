import pg from 'pg'
import { CONNECTION_OPTIONS } from './pulse.ts'

/** The fewest connections with which a process can serve pages and run jobs. */
export const FEWEST_CONNECTIONS = 3

/**
 * Tries what a process that starts now would meet: "refused" if too few connections are left for it, "read only" if the
 * database can't save anything.
 */
export async function tryNewConnections(url: string): Promise<'served' | 'refused' | 'read only'> {
  const options = { ...CONNECTION_OPTIONS, connectionString: url, application_name: 'clientele newcomer' }
  const clients = Array.from({ length: FEWEST_CONNECTIONS }, () => new pg.Client(options))
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
