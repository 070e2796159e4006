import { Socket } from 'node:net'
import pg, { type ClientBase, type Pool, type PoolClient } from 'pg'

/** What went over a connection's socket, in bytes, and when it last moved. */
interface Traffic {
  read: number
  /** As much had been written when the last answer was complete. */
  answered: number
  total: number
  movedAt: number
}

/** A connection that waits for an answer, by the database's number for it. */
interface Waiting {
  client: pg.Client
  pid: number
}

/** The connections of pools: which of them wait, and for how long not a byte has moved. */
export class Connections {
  readonly #open = new Map<pg.Client, Traffic>()
  readonly #pools: Pool[] = []

  watch(pool: Pool): void {
    this.#pools.push(pool)
    pool.on('connect', (client) => {
      if (client instanceof pg.Client) this.#take(client)
    })
  }

  #take(client: pg.Client): void {
    const { bytesRead, bytesWritten } = socketOf(client)
    const traffic = { read: bytesRead, answered: bytesWritten, total: 0, movedAt: performance.now() }
    this.#open.set(client, traffic)
    client.once('end', () => this.#open.delete(client))
    // Before pg's own listener, which sends the next query.
    client.connection.prependListener('readyForQuery', () => {
      traffic.answered = socketOf(client).bytesWritten
    })
  }

  /** Those that have waited for so long without a byte. */
  waitingFor(ms: number): Waiting[] {
    const now = performance.now()
    const waiting: Waiting[] = []
    for (const [client, traffic] of this.#open) {
      const { bytesRead, bytesWritten } = socketOf(client)
      if (bytesRead + bytesWritten !== traffic.total)
        Object.assign(traffic, { total: bytesRead + bytesWritten, movedAt: now })
      traffic.read = bytesRead
      const pid = 'processID' in client && Number(client.processID)
      if (pid && bytesWritten > traffic.answered && now - traffic.movedAt >= ms) waiting.push({ client, pid })
    }
    return waiting
  }

  /** Ends all that have not brought a byte since waitingFor() last looked. Answers how many that were. */
  cutSilent(): number {
    const silent = [...this.#open].filter(([client, { read }]) => socketOf(client).bytesRead === read)
    for (const [client] of silent) cut(client)
    return silent.length
  }

  /** How long a new connection may take. */
  setPatience(ms: number): void {
    for (const { options } of this.#pools) options.connectionTimeoutMillis = ms
  }
}

/** Ends a connection without a word to the other side, which may never hear it: whoever waits for its answer is told at once, and the pool opens another in its place. */
export function cut(client: pg.ClientBase): void {
  if (client instanceof pg.Client)
    socketOf(client).destroy(Object.assign(new Error('The database does not answer'), { code: 'ETIMEDOUT' }))
}

function socketOf(client: pg.Client): Socket {
  const { stream } = client.connection
  if (!(stream instanceof Socket)) throw new TypeError('A connection without a socket')
  return stream
}

/**
 * A connection that is given back while its answer is still to come, as pg does when a query has taken too long, would keep
 * the next one waiting for the same answer: it is cut instead.
 */
export function cutBusy(pool: Pool): void {
  pool.on('release', (_, client) => {
    if ('readyForQuery' in client && !client.readyForQuery) cut(client)
  })
}

/** Of a connection: a machine that is gone without a word is noticed after some 25 s. */
export const NOTICE_SILENCE = `
  set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false),
  set_config('tcp_keepalives_count', '3', false), set_config('tcp_user_timeout', '25000', false)
`

/** So long a new connection waits for the answer to what it is told first. */
const TELLING_MS = 3_000

/**
 * For a pool's `onConnect`. What a connection asks ends with it, and lets go of its locks: else PostgreSQL goes on until it has
 * an answer to send. Where its system can't tell it, as Windows can't, it refuses to look, and nothing is worse than before.
 */
export async function endWithConnection(client: ClientBase): Promise<void> {
  const late = setTimeout(() => cut(client), TELLING_MS)
  try {
    await client.query(`select set_config('client_connection_check_interval', '2s', false), ${NOTICE_SILENCE}`)
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error
  } finally {
    clearTimeout(late)
  }
}

/**
 * Kysely gives no connection back whose BEGIN or ROLLBACK fails, as it does when the connection is lost: the pool would be one
 * smaller for good.
 */
export function giveBackLost(pool: Pool): void {
  const held = new WeakSet<PoolClient>()
  pool.on('acquire', (client) => held.add(client))
  pool.on('release', (_error, client) => held.delete(client))
  pool.on('connect', (client) => {
    client.once('end', () => {
      if (!held.has(client)) return
      const { release } = client
      client.release = () => {}
      release(true)
    })
  })
}
