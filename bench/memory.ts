import { readFileSync } from 'node:fs'

const LOOK_MS = 200

/** The most memory that processes held, in MB. */
export interface Memory {
  server: number
  /** The server's memory at this moment. */
  now: number
  /** The largest of the processes that the server started to read files. */
  reader: number
  /** The server and those processes at one moment. Memory that they share counts for each of them. */
  together: number
}

/**
 * Watches the memory of a process and its children for as long as it lives. The result returns null on systems other
 * than Linux.
 */
export function watchMemory(pid: number | undefined): () => Memory | null {
  let [reader, together] = [0, 0]
  const timer = setInterval(look, LOOK_MS).unref()
  return () => {
    const server = memoryOf(pid)
    return server?.peak
      ? { server: server.peak, now: server.now, reader, together: Math.max(together, server.peak) }
      : null
  }

  function look(): void {
    const server = memoryOf(pid)
    if (!server?.peak) {
      clearInterval(timer)
      return
    }
    const begun = childrenOf(pid).flatMap((child) => memoryOf(child) ?? [])
    reader = Math.max(reader, ...begun.map(({ peak }) => peak))
    together = Math.max(
      together,
      begun.reduce((sum, { now }) => sum + now, server.now)
    )
  }
}

function childrenOf(pid: number | undefined): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

/** The memory of a process in MB: zero while it is ending, null once it has ended. */
function memoryOf(pid: number | undefined): { now: number; peak: number } | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const megabytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) / 1024
    return { now: megabytes('VmRSS'), peak: megabytes('VmHWM') }
  } catch {
    return null
  }
}
