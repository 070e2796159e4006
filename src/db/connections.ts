import { Socket } from 'node:net'
import pg, { type ClientBase, type Pool, type PoolClient } from 'pg'

/** How many bytes went over a connection's socket, and when the last one did (as performance.now() counts). */
interface Traffic {
  read: number
  /** The number of bytes that had been written when the last answer was complete. */
  answered: number
  total: number
  movedAt: number
}

/** A connection that waits for an answer. `pid` is its process in the database. */
interface WaitingConnection {
  client: pg.Client
  pid: number
}

/** Watches the connections of pools: which of them wait for an answer, and for how long not a byte has moved. */
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
    // This listener must run before pg's own, which sends the next query.
    client.connection.prependListener('readyForQuery', () => {
      traffic.answered = socketOf(client).bytesWritten
    })
  }

  /** The connections that have waited for `ms` without a byte in either direction. */
  waitingFor(ms: number): WaitingConnection[] {
    const now = performance.now()
    const waiting: WaitingConnection[] = []
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

  /**
   * Cuts all connections on which nothing has arrived since waitingFor() was last called, and returns how many these
   * were.
   */
  cutSilent(): number {
    const silent = [...this.#open].filter(([client, { read }]) => socketOf(client).bytesRead === read)
    for (const [client] of silent) cutConnection(client)
    return silent.length
  }

  /** Sets how long, in ms, a new connection may take to open. */
  setPatience(ms: number): void {
    for (const { options } of this.#pools) options.connectionTimeoutMillis = ms
  }
}

/**
 * Cuts a connection without telling the other side, which might never hear it. Its query fails at once, and the pool
 * opens another connection in its place.
 */
export function cutConnection(client: pg.ClientBase): void {
  if (client instanceof pg.Client)
    socketOf(client).destroy(Object.assign(new Error('The database does not answer'), { code: 'ETIMEDOUT' }))
}

function socketOf(client: pg.Client): Socket {
  const { stream } = client.connection
  if (!(stream instanceof Socket)) throw new TypeError('A connection without a socket')
  return stream
}

/**
 * Cuts a connection that is returned to its pool before its answer has arrived, as pg does after a timeout of its own.
 * The next user of the connection would otherwise wait for that old answer.
 */
export function cutBusy(pool: Pool): void {
  pool.on('release', (_, client) => {
    if ('readyForQuery' in client && !client.readyForQuery) cutConnection(client)
  })
}

/**
 * Settings of a connection with which PostgreSQL notices after some 25 s that the machine at the other end has
 * vanished.
 */
export const NOTICE_SILENCE = `
  set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false),
  set_config('tcp_keepalives_count', '3', false), set_config('tcp_user_timeout', '25000', false)
`

/** How long, in ms, a new connection may take to apply its first settings. */
const TELLING_MS = 3_000

/**
 * For a pool's `onConnect`. It makes PostgreSQL end a query, and release its locks, when the connection that asked is
 * lost; otherwise a query runs until there is an answer to send. PostgreSQL refuses the setting on systems that can't
 * tell, such as Windows, and nothing changes there.
 */
export async function endWithConnection(client: ClientBase): Promise<void> {
  const late = setTimeout(() => cutConnection(client), TELLING_MS)
  try {
    await client.query(`select set_config('client_connection_check_interval', '2s', false), ${NOTICE_SILENCE}`)
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error
  } finally {
    clearTimeout(late)
  }
}

/**
 * Kysely never returns a connection to the pool if its BEGIN or ROLLBACK fails, as happens when the connection is lost.
 * The pool would stay one connection short, so this returns it.
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
