import { randomUUID } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { StartError } from '../config.ts'

export interface Holder {
  pid: number
  role: 'server' | 'command'
}

const RETRY_MS = 25

/**
 * Which processes use the PostgreSQL of a data folder. SQLite keeps the list because its locks are the operating
 * system's: a killed process releases them, so nobody ever has to remove a stale lock.
 */
export class Holders {
  readonly #file: DatabaseSync

  constructor(dataDir: string) {
    const file = join(dataDir, 'holders.sqlite')
    try {
      // If root runs PostgreSQL as another user, that user must be able to pass through the folders above.
      mkdirSync(dirname(dataDir), { recursive: true, mode: 0o711 })
      mkdirSync(dataDir, { recursive: true, mode: 0o700 })
      this.#file = new DatabaseSync(file)
      shareWithOwner(dataDir, file)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new StartError(`DATA_DIR ${dataDir} can’t be written to (${reason}).`)
    }
  }

  /** Does work while no other process joins or leaves. */
  async exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    while (!this.#lock()) await sleep(RETRY_MS)
    try {
      this.#file.exec('create table if not exists holder (id text primary key, pid integer, started text, role text)')
      const result = await work()
      this.#file.exec('commit')
      return result
    } catch (error) {
      this.#file.exec('rollback')
      throw error
    }
  }

  add({ pid, role }: Holder): string {
    const id = randomUUID()
    this.#file.prepare('insert into holder values (?, ?, ?, ?)').run(id, pid, startOf(pid) ?? '', role)
    return id
  }

  remove(id: string): void {
    this.#file.prepare('delete from holder where id = ?').run(id)
  }

  /** The holders that still run. Those that were killed without leaving are dropped from the list. */
  alive(): Holder[] {
    const all = this.#file.prepare('select id, pid, started, role from holder').all()
    return all.flatMap(({ id, pid, started, role }) => {
      if (startOf(Number(pid)) === started)
        return [{ pid: Number(pid), role: role === 'server' ? 'server' : 'command' }]
      this.remove(String(id))
      return []
    })
  }

  close(): void {
    this.#file.close()
  }

  #lock(): boolean {
    try {
      this.#file.exec('begin exclusive')
      return true
    } catch (error) {
      if (error instanceof Error && /locked|busy/.test(error.message)) return false
      throw error
    }
  }
}

/** Gives a file that root made in another user's folder to that user, who could not open it otherwise. */
function shareWithOwner(dataDir: string, file: string): void {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = statSync(dataDir)
  chownSync(file, uid, gid)
}

/** When a process began, which tells it from a later process with the same id; null if there is no such process. */
export function startOf(pid: number): string | null {
  if (!isRunning(pid)) return null
  if (!existsSync('/proc/self/stat')) return 'unknown'
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const isZombie = fields[0] === 'Z'
    return isZombie ? null : (fields[19] ?? 'unknown')
  } catch {
    return null
  }
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
