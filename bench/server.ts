import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Memory, watchMemory } from './memory.ts'

const ROOT = new URL('..', import.meta.url).pathname
const LOOK_MS = 10
const LONGEST_START_MS = 60_000
const LONGEST_STOP_MS = 6_000

export interface Server {
  address: string
  /** The time, in ms, from starting the program until it is ready to answer. */
  startedInMs: number
  memory(): Memory | null
  stop(): Promise<void>
}

/** Runs what `npm start` runs, on a database that is ready, without its log. */
export function startServer(databaseUrl: string): Promise<Server> {
  return startProgram('src/server.ts', '/health/ready', { DATABASE_URL: databaseUrl })
}

/**
 * Runs a program with the V8 flags of `npm start` on a free port of this machine, and resolves when it answers `path`.
 */
export async function startProgram(program: string, path: string, env: Record<string, string>): Promise<Server> {
  const port = await freePort()
  const { PATH = '', HOME = '' } = process.env
  const began = performance.now()
  const child = spawn(process.execPath, [...startFlags(), program], {
    cwd: ROOT,
    env: { PATH, HOME, PORT: String(port), HOST: '127.0.0.1', ...env },
    stdio: ['ignore', 'ignore', 'inherit']
  })
  const address = `http://127.0.0.1:${port}`
  while (!(await answers(`${address}${path}`))) {
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}`)
    if (performance.now() - began > LONGEST_START_MS) throw new Error(`${program} does not answer`)
    await sleep(LOOK_MS)
  }
  const startedInMs = performance.now() - began
  return { address, startedInMs, memory: watchMemory(child.pid), stop: () => stop(child) }
}

function startFlags(): string[] {
  const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return String(scripts.start)
    .split(' ')
    .filter((word) => word.startsWith('--'))
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    async (response) => {
      await response.arrayBuffer()
      return response.status < 500
    },
    () => false
  )
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGINT')
  await Promise.race([ended, sleep(LONGEST_STOP_MS, undefined, { ref: false }).then(() => child.kill('SIGKILL'))])
  await ended
}

function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const server = createServer().once('error', failed)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => found(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
