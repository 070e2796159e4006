import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { StartError } from '../config.ts'
import { isRunning } from './holders.ts'

const PATIENCE_MS = 5_000

/**
 * The process id of the server that runs on a cluster's files; null if none does. The pid file alone proves nothing: a
 * killed server leaves it behind, and its number may by then be another process's.
 */
export function postmasterOf(data: string): number | null {
  const file = join(data, 'postmaster.pid')
  if (!existsSync(file)) return null
  const pid = Number(textOf(file).split('\n')[0])
  return pid > 0 && isRunning(pid) && worksIn(pid, data) ? pid : null
}

/** The text of a file; empty if the server has just deleted it. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/**
 * Ends the processes that a killed server left running, and removes its pid file, because no other server may use the
 * files before they are gone. On systems that do not tell which processes work in a folder, PostgreSQL itself checks by
 * the pid file.
 */
export async function endOrphans(data: string): Promise<void> {
  if (!existsSync('/proc/self/cwd')) return
  const orphans = () => readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isOrphan(Number(name), data))
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(25)) {
    const left = orphans()
    if (!left.length) return rmSync(join(data, 'postmaster.pid'), { force: true })
    for (const pid of left) kill(Number(pid))
  }
  throw new StartError(
    `Processes of a killed PostgreSQL are still running in ${data}. End them first: ${orphans().join(', ')}.`
  )
}

/** A process in the cluster's folder is an orphan only if it is PostgreSQL's. It could also be somebody's shell. */
function isOrphan(pid: number, data: string): boolean {
  return worksIn(pid, data) && textOf(`/proc/${pid}/comm`).trim() === 'postgres'
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // The process has ended by itself, as most do.
  }
}

/**
 * Whether a process works in the cluster's folder, as PostgreSQL's processes do. A zombie does not: it has ended and
 * only waits to be collected.
 */
function worksIn(pid: number, data: string): boolean {
  if (!existsSync('/proc/self/cwd')) return true
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(data)
  } catch {
    return false
  }
}
