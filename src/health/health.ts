import { sql } from 'kysely'
import { isDatabaseAway } from '../db/away.ts'
import { rowsByIndex } from '../db/by-index.ts'
import { FEWEST_CONNECTIONS, tryNewConnections } from '../db/newcomers.ts'
import type { Orm } from '../db/orm.ts'
import type { Pulse } from '../db/pulse.ts'
import { row } from '../db/rows.ts'
import { type Log, type RepeatedWork, repeat } from '../lib/repeat.ts'

/** How long, in ms, each kind of trouble lasts before a balancer or supervisor should act on it. */
export interface Bounds {
  away: number
  readOnly: number
  jobs: number
  /** How long no page gets an answer from a database that answers others, until the process is beyond help. */
  stuck: number
}

const BOUNDS: Bounds = { away: 10_000, readOnly: 60_000, jobs: 30_000, stuck: 60_000 }
const LOOK = { every: 5_000, failed: 'could not look at the job queue' }

/** The parts of the process that work beside its pages, and report how they are. */
export interface Parts {
  worker: { state(): { running: boolean; since: Date } }
  figures: { state(): Record<string, number> }
}

interface Queue {
  waiting: number
  /** How long the oldest waiting job has waited, in seconds. */
  lag: number
}

/** Whether this process can serve requests, and whether it ever will again. It knows the answer before anybody asks. */
export class Health {
  isStopping = false
  readonly #orm: Orm
  readonly #pulse: Pulse
  readonly #bounds: Bounds
  readonly #begun = performance.now()
  #parts: Parts | null = null
  #queue: Queue | null = null
  #answeredAt = performance.now()
  /** When it was last seen that a new process in place of this one would do no better. */
  #hopelessAt = Number.NEGATIVE_INFINITY

  constructor(orm: Orm, pulse: Pulse, bounds: Partial<Bounds> = {}) {
    this.#orm = orm
    this.#pulse = pulse
    this.#bounds = { ...BOUNDS, ...bounds }
  }

  /** Checks, as long as the process runs, whether pages get answers, and logs its state once a minute. */
  watch(parts: Parts, log: Log & { info(details: object, message: string): void }, every = LOOK.every): RepeatedWork {
    this.#parts = parts
    let said = performance.now()
    const look = async () => {
      await this.#look()
      if (performance.now() - said < SAY_EVERY_MS) return
      said = performance.now()
      log.info(this.body(), 'health')
    }
    return repeat(look, { ...LOOK, every }, log)
  }

  async #look(): Promise<void> {
    const began = performance.now()
    try {
      this.#queue = await this.#ask()
    } finally {
      const isWell = this.#answeredAt >= began && this.#parts?.worker.state().running !== false
      if (!(await this.#isOpen(isWell))) this.#hopelessAt = performance.now()
    }
  }

  /** Whether the database would give a new process what this one lacks. It is not asked while this process is well. */
  async #isOpen(isWell: boolean): Promise<boolean> {
    const { thereSince, url } = this.#pulse
    if (thereSince === null) return false
    if (isWell) return true
    const met = await tryNewConnections(url)
    // A new process would get the connections that this one holds.
    return met === 'served' || (met === 'refused' && this.#orm.held() >= FEWEST_CONNECTIONS)
  }

  /** Asks over the pools that pages use. */
  async #ask(): Promise<Queue | null> {
    try {
      const em = this.#orm.em.fork()
      const [queue] = await Promise.all([row(em, QUEUE), rowsByIndex(em, sql`select`)])
      this.#answeredAt = performance.now()
      return queue ?? null
    } catch (error) {
      // An error by which the database refuses a query is an answer too.
      if (!isDatabaseAway(error)) this.#answeredAt = performance.now()
      throw error
    }
  }

  /** Why this process can't serve requests; null if it can. */
  whyNotReady(): string | null {
    const { awaySince, readOnlySince } = this.#pulse
    if (this.isStopping) return 'stopping'
    if (hasLasted(awaySince, this.#bounds.away)) return 'the database can’t be reached'
    if (hasLasted(readOnlySince, this.#bounds.readOnly)) return 'the database is read-only'
    if (this.#jobsStoodFor() >= this.#bounds.jobs) return 'jobs are not running'
    return this.#whyStuck()
  }

  /**
   * Why this process never will serve requests again; null if it may. With a database that has served everybody else
   * for so long, it would have recovered by itself.
   */
  whyHopeless(): string | null {
    return hasLasted(this.#hopelessAt, this.#bounds.stuck) ? this.#whyStuck() : null
  }

  #whyStuck(): string | null {
    const { stuck } = this.#bounds
    if (!hasLasted(this.#pulse.thereSince, stuck)) return null
    if (hasLasted(this.#answeredAt, stuck)) return 'the database is up, but its answers do not arrive'
    if (this.#jobsStoodFor() >= stuck) return 'jobs are not running, and could not be started again'
    return null
  }

  body() {
    const { awaySince, readOnlySince } = this.#pulse
    return {
      upFor: seconds(this.#begun),
      database: {
        awayFor: seconds(awaySince),
        readOnlyFor: seconds(readOnlySince),
        answered: seconds(this.#answeredAt)
      },
      jobs: this.#parts && { ...this.#parts.worker.state(), ...this.#queue },
      figures: this.#parts?.figures.state() ?? null
    }
  }

  /** For how long, in ms, no jobs have run although the database is there. */
  #jobsStoodFor(): number {
    const state = this.#parts?.worker.state()
    const { thereSince } = this.#pulse
    if (!state || state.running || thereSince === null) return 0
    return Math.min(Date.now() - state.since.getTime(), performance.now() - thereSince)
  }
}

const SAY_EVERY_MS = 60_000

const QUEUE = sql<Queue>`
  select count(*)::int as waiting,
    coalesce(extract(epoch from clock_timestamp() - min(greatest(run_at, created_at))), 0)::int as lag
  from graphile_worker.jobs where locked_at is null and attempts < max_attempts and run_at <= clock_timestamp()
`

function hasLasted(since: number | null, ms: number): boolean {
  return since !== null && performance.now() - since >= ms
}

function seconds(since: number | null): number | null {
  return since === null ? null : Math.round((performance.now() - since) / 1000)
}
