import { rmSync } from 'node:fs'
import { StartError } from '../config.ts'
import { Cluster } from './cluster.ts'
import { type Purpose, recordedFolder } from './cluster-location.ts'
import { type Holder, Holders } from './holders.ts'
import { keepRunning, type Log } from './keep-running.ts'

interface Options {
  /** Only one server may use a data folder. Commands may join it, and each other, at any time. */
  role?: Holder['role']
  /** The id of the process that the database is kept running for, if it is not this one. */
  holder?: number
  /** Settings of PostgreSQL, which apply only if this call starts it. */
  settings?: Record<string, string>
  purpose?: Purpose
  /** Whether databases other than the application's may be created, as tests and benches do. */
  manyDatabases?: boolean
}

export interface Embedded {
  url: string
  /** Restarts the database whenever it dies, until `stopping` is aborted or close() is called. */
  keepRunning(log: Log, stopping: AbortSignal): void
  /** Leaves the database. The last process to leave stops it. */
  close(): Promise<void>
}

/** Joins the PostgreSQL that runs on a data folder, or starts it. */
export async function openEmbedded(dataDir: string, options: Options = {}): Promise<Embedded> {
  const { role = 'command', holder = process.pid, settings, purpose, manyDatabases = false } = options
  const holders = new Holders(dataDir)
  const cluster = new Cluster(dataDir, purpose, settings)
  const stopped = new AbortController()
  let kept = Promise.resolve()
  try {
    const id = await holders.exclusively(async () => {
      if (role === 'server') refuseSecondServer(holders)
      await cluster.ensureRunning()
      if (manyDatabases) await cluster.allowDatabases()
      return holders.add({ pid: holder, role })
    })
    return {
      url: cluster.url('clientele'),
      keepRunning: (log, stopping) => {
        kept = keepRunning(holders, cluster, log, AbortSignal.any([stopping, stopped.signal]))
      },
      close: async () => {
        stopped.abort()
        await kept
        await leave(holders, cluster, id)
      }
    }
  } catch (error) {
    holders.close()
    throw error
  }
}

function refuseSecondServer(holders: Holders): void {
  const other = holders.alive().find(({ role }) => role === 'server')
  if (!other) return
  throw new StartError(
    `Clientele is already running on this data folder (process ${other.pid}). Stop it first, or give this one another DATA_DIR.`
  )
}

async function leave(holders: Holders, cluster: Cluster, id: string): Promise<void> {
  await holders.exclusively(async () => {
    holders.remove(id)
    if (holders.alive().length === 0) await cluster.stop()
  })
  holders.close()
}

/** Stops the database of a folder even if processes use it. Tests and clean-up scripts need this. */
export async function stopEmbedded(dataDir: string): Promise<void> {
  const holders = new Holders(dataDir)
  await holders.exclusively(() => new Cluster(dataDir).stop())
  holders.close()
}

/** Stops the database of a folder and deletes its files, wherever they are. */
export async function eraseEmbedded(dataDir: string): Promise<void> {
  await stopEmbedded(dataDir)
  for (const folder of [recordedFolder(dataDir), dataDir]) if (folder) rmSync(folder, { recursive: true, force: true })
}
