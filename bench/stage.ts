import pg from 'pg'
import type { Measurement } from './case.ts'
import { type Facts, findFacts } from './facts.ts'
import { openPlans, type Plans } from './plans.ts'
import { type Server, startServer } from './server.ts'
import { settle } from './settle.ts'
import { Visitor } from './visitor.ts'

const WARM_UP = 50

/** What the cases of one size run with. */
export interface Stage {
  url: string
  rounds: number
  server: Server
  visitor: Visitor
  /** The only connection of the yardsticks. */
  client: pg.Client
  plans: Plans
  facts: Facts
  /** What the run has measured so far, by the names of cases. */
  measured: Map<string, Measurement>
  /** Work that must be done once before some cases, however many these are. */
  once: Map<string, Promise<void>>
}

export async function onStage<Result>(url: string, rounds: number, play: (stage: Stage) => Promise<Result>) {
  const ends: (() => unknown)[] = []
  try {
    const server = await startServer(url)
    ends.push(server.stop)
    const visitor = await Visitor.signIn(server.address)
    ends.push(() => visitor.leave())
    // The leanest SQL also has enough memory to sort in.
    const client = new pg.Client({ connectionString: url, options: '-c work_mem=64MB' })
    await client.connect()
    ends.push(() => client.end())
    const plans = await openPlans(url, visitor.cookie)
    ends.push(plans.close)
    await warmUp(visitor)
    await settle(url, 600)
    const facts = await findFacts(client)
    return await play({ url, rounds, server, visitor, client, plans, facts, measured: new Map(), once: new Map() })
  } finally {
    for (const end of ends.reverse()) await end()
  }
}

/**
 * Makes a server that has been in use: V8 has compiled the code of pages, and PostgreSQL has their tables in memory.
 */
async function warmUp(visitor: Visitor): Promise<void> {
  for (let time = 0; time < WARM_UP; time++) for (const path of ['/groups', '/customers']) await visitor.get(path)
}

export async function onlyOnce({ once }: Stage, what: string, work: () => Promise<void>): Promise<void> {
  const done = once.get(what) ?? work()
  once.set(what, done)
  await done
}
