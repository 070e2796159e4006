import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import pg from 'pg'
import { Connections, cutConnection } from './connections.ts'

/**
 * Options of every connection, by which it notices within seconds that its other end is gone while it is idle. While it
 * waits for an answer, the pulse notices.
 */
export const CONNECTION_OPTIONS = {
  connectionTimeoutMillis: 5_000,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000
}

const EVERY_MS = 1_000
/**
 * How long an answer to the pulse may take. No page waits longer than this, EVERY_MS and IMPATIENT_MS together with the
 * rest of a beat: less than 8 s.
 */
const DEADLINE_MS = 3_000
/**
 * After waiting this long for an answer, a connection has the pulse ask whether the database is working on it at all.
 */
const SILENT_MS = 2_000
/** How long a new connection may take while the network swallows everything. */
const IMPATIENT_MS = 500

interface Log {
  warn(details: object, message: string): void
}

interface Answer {
  isReadOnly: boolean
  /** The ids, among those asked about, of the database's processes that wait for us while we wait for them. */
  idle: number[]
}

/**
 * Asks the database every second, over a connection of its own, whether it is there. Statements have deadlines on the
 * server, which may take half a minute; but a network that swallows every byte swallows their errors too, and `pg`
 * would wait for ever. With a pulse nobody waits for a database that does not answer, but anybody may wait for a slow
 * query of one that does.
 */
export class Pulse {
  readonly url: string
  readonly connections = new Connections()
  /** Since when the database has been there, away or read-only, as performance.now() counts; null if it is not. */
  thereSince: number | null = null
  awaySince: number | null = null
  readOnlySince: number | null = null
  readonly #stopped = new AbortController()
  #client: pg.Client | null = null
  #going: Promise<void> = Promise.resolve()

  constructor(url: string) {
    this.url = url
  }

  start(log: Log): void {
    this.#going = this.#go(log)
  }

  async stop(): Promise<void> {
    this.#stopped.abort()
    this.#hangUp()
    await this.#going
  }

  async #go(log: Log): Promise<void> {
    const { signal } = this.#stopped
    while (!signal.aborted) {
      const wasAway = this.awaySince !== null
      const error = await this.#beat()
      const isAway = this.awaySince !== null
      if (isAway !== wasAway && !signal.aborted)
        log.warn(error ? { err: error } : {}, isAway ? 'the database is away' : 'the database is back')
      await sleep(EVERY_MS, undefined, { signal }).catch(() => {})
    }
  }

  /** Asks once. Resolves to the error if something went wrong, otherwise to null. */
  async #beat(): Promise<unknown> {
    const began = performance.now()
    const waiting = this.connections.waitingFor(SILENT_MS)
    try {
      const answer = await this.#inTime(this.#ask(waiting.map(({ pid }) => pid)))
      this.connections.setPatience(CONNECTION_OPTIONS.connectionTimeoutMillis)
      this.thereSince ??= began
      this.awaySince = null
      this.readOnlySince = answer.isReadOnly ? (this.readOnlySince ?? began) : null
      for (const { client, pid } of waiting) if (answer.idle.includes(pid)) cutConnection(client)
      return null
    } catch (error) {
      this.#hangUp()
      this.thereSince = null
      this.awaySince ??= began
      if (error instanceof LateAnswer) {
        this.connections.setPatience(IMPATIENT_MS)
        this.connections.cutSilent()
      }
      return error
    }
  }

  async #inTime(asked: Promise<Answer>): Promise<Answer> {
    const over = new AbortController()
    const late = sleep(DEADLINE_MS, undefined, { signal: over.signal }).then(async () => {
      // If this process itself stood still for a while, the answer may have arrived and wait to be read.
      await turn()
      throw new LateAnswer()
    })
    late.catch(() => {})
    try {
      return await Promise.race([asked, late])
    } finally {
      asked.catch(() => {})
      over.abort()
    }
  }

  async #ask(pids: number[]): Promise<Answer> {
    const old = this.#client
    try {
      return await this.#query(pids)
    } catch (error) {
      // Perhaps only this connection was lost, so another one is tried. If the pulse hung up itself, nobody waits for
      // the answer.
      if (!old || this.#client !== old) throw error
      this.#hangUp()
      return this.#query(pids)
    }
  }

  async #query(pids: number[]): Promise<Answer> {
    const client = this.#client ?? (await this.#connect())
    const { rows } = await client.query<Answer>(pids.length ? ASK_ABOUT : ASK, pids.length ? [pids] : [])
    return rows[0] ?? { isReadOnly: false, idle: [] }
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client({
      ...CONNECTION_OPTIONS,
      connectionString: this.url,
      application_name: 'clientele pulse'
    })
    this.#client = client
    client.on('error', () => {})
    await client.connect()
    return client
  }

  #hangUp(): void {
    this.#client?.connection.stream.destroy()
    this.#client = null
  }
}

class LateAnswer extends Error {
  override message = 'The database does not answer'
}

// A standby is read-only too.
const IS_READ_ONLY = `current_setting('transaction_read_only') = 'on' as "isReadOnly"`
const ASK = `select ${IS_READ_ONLY}, '{}'::int[] as idle`
const ASK_ABOUT = `
  select ${IS_READ_ONLY}, array(
    select pid from pg_stat_activity
    where pid = any($1) and state like 'idle%' and state_change < clock_timestamp() - interval '1 second'
  ) as idle
`
