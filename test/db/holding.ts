import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { clusterOf } from '../../src/db/cluster-location.ts'

export const HOLD = new URL('./hold.ts', import.meta.url).pathname

export interface Holding {
  child: ChildProcess
  /** The database's address, or the sentence that refused it. */
  said: string
  /** What it told the person at the terminal. */
  told(): string
  leave(): Promise<void>
}

interface Options {
  role?: 'server' | 'command'
  purpose?: 'passing' | 'lasting'
  env?: NodeJS.ProcessEnv
  /** The command that makes another user, or another machine, of it. */
  as?: string[]
}

export async function hold(
  dir: string,
  { role = 'command', purpose = 'passing', env = process.env, as = [] }: Options = {}
): Promise<Holding> {
  const [file = '', ...args] = [...as, process.execPath, HOLD, dir, role, purpose]
  const child = spawn(file, args, { env, stdio: ['pipe', 'pipe', 'pipe'] })
  let said = ''
  let told = ''
  child.stdout.on('data', (chunk) => (said += chunk))
  child.stderr.on('data', (chunk) => (told += chunk))
  while (!said.includes('\n') && child.exitCode === null)
    await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])
  const leave = async () => {
    child.stdin.end()
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }
  return { child, said: said.trim() || told, told: () => told, leave }
}

export async function ask(url: string, query: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    const last = [await client.query(query)].flat().at(-1)
    return Object.values(last?.rows[0] ?? {})[0]
  } finally {
    await client.end().catch(() => {})
  }
}

const pidFile = (dir: string) => join(clusterOf(dir), 'postmaster.pid')
export const postmaster = (dir: string) => Number(readFileSync(pidFile(dir), 'utf8').split('\n')[0])
export const isStopped = (dir: string) => !existsSync(pidFile(dir))
