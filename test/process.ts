import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Test } from 'tap'

const ROOT = new URL('..', import.meta.url).pathname

export interface Running {
  child: ChildProcess
  /** Everything that it has printed so far. */
  said(): string
  /** Waits until it has printed something that matches, or has ended; returns everything printed. */
  until(pattern: RegExp): Promise<string>
  /**
   * Signals the whole process group, as Ctrl-C in a terminal does. Returns the exit code and how long it took, in ms.
   */
  interrupt(signal?: NodeJS.Signals): Promise<{ code: number | null; took: number }>
  ended(): Promise<number | null>
}

/** Runs one of the project's programs as `npm run` would, in a process group of its own. */
export function start(t: Test, program: string, env: Record<string, string>, args: string[] = []): Running {
  const { PATH = '', HOME = '' } = process.env
  // tap would load its own loader into the program, by this variable, which takes longer than the program's start.
  const unwatched = [`NODE_OPTIONS=${env.NODE_OPTIONS ?? ''}`, process.execPath]
  const child = spawn('env', [...unwatched, '--import=./src/quick-start.js', program, ...args], {
    cwd: ROOT,
    env: { PATH, HOME, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk))
  const isOver = () => child.exitCode !== null || child.signalCode !== null
  const ended = async () => {
    if (!isOver()) await once(child, 'exit')
    return child.exitCode
  }
  t.teardown(() => isOver() || child.kill('SIGKILL'))
  return {
    child,
    said: () => text,
    ended,
    async until(pattern) {
      while (!pattern.test(text) && !isOver())
        await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), once(child, 'exit')])
      return text
    },
    async interrupt(signal = 'SIGINT') {
      const began = performance.now()
      process.kill(-(child.pid ?? 0), signal)
      return { code: await ended(), took: performance.now() - began }
    }
  }
}

/**
 * Finds a free port below those that the system hands out itself, so that no other program gets it before ours does.
 */
export async function freePort(): Promise<number> {
  const port = 20_000 + Math.floor(Math.random() * 12_000)
  const isFree = await new Promise<boolean>((known) => {
    const server = createServer()
      .once('error', () => known(false))
      .listen(port, '127.0.0.1', () => server.close(() => known(true)))
  })
  return isFree ? port : freePort()
}
