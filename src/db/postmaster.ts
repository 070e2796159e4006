import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { StartError } from '../config.ts'
import { isRunning } from './holders.ts'

const PATIENCE_MS = 5_000

/** The server that runs on a cluster's files; not what a pid file names that a killed one left: that may be somebody else's process. */
export function postmasterOf(data: string): number | null {
  const file = join(data, 'postmaster.pid')
  if (!existsSync(file)) return null
  const pid = Number(textOf(file).split('\n')[0])
  return pid > 0 && isRunning(pid) && worksIn(pid, data) ? pid : null
}

/** Empty if its server takes it away at this moment. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/**
 * Ends what a killed server has left running, and takes its pid file away: until all is gone, no other may use its files. Where
 * a system does not say who works in them, PostgreSQL itself looks, by that file.
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

/** Not a shell that somebody has left there. */
function isOrphan(pid: number, data: string): boolean {
  return worksIn(pid, data) && textOf(`/proc/${pid}/comm`).trim() === 'postgres'
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself, as most do.
  }
}

/** PostgreSQL's processes work in their cluster's folder. A zombie's is gone: it has ended, and nobody has looked yet. */
function worksIn(pid: number, data: string): boolean {
  if (!existsSync('/proc/self/cwd')) return true
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(data)
  } catch {
    return false
  }
}
