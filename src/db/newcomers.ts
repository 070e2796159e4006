import pg from 'pg'
import { REACHING } from './pulse.ts'

/** What pages and jobs need at the least. */
const FEWEST = 3

/** Whether a process that started now would get its connections: others may hold all there are. */
export async function letsNewcomersIn(url: string): Promise<boolean> {
  const options = { ...REACHING, connectionString: url, application_name: 'clientele newcomer' }
  const clients = Array.from({ length: FEWEST }, () => new pg.Client(options))
  const answers = await Promise.allSettled(
    clients.map((client) => {
      client.on('error', () => {})
      return client.connect()
    })
  )
  for (const client of clients) client.end().catch(() => {})
  return answers.every(({ status }) => status === 'fulfilled')
}
