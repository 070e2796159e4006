import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

const EVERY_MS = 50
const LONGEST_MS = 30_000

/** Asks whether a server lives, again and again, and takes the longest that it was kept waiting. In a thread of its own: whoever attacks it is busy. */
export function takePulse(address: string) {
  const worker = new Worker(new URL(import.meta.url), { workerData: `${address}/health/live` })
  return {
    /** The worst wait so far in ms, and how many answers there were; the count begins anew. */
    read: () =>
      new Promise<{ worst: number; answers: number }>((resolve) => {
        worker.once('message', resolve)
        worker.postMessage('read')
      }),
    stop: () => worker.terminate()
  }
}

if (!isMainThread && parentPort) {
  const port = parentPort
  let [worst, answers] = [0, 0]
  let since = performance.now()
  port.on('message', () => {
    // One that still waits counts as well.
    port.postMessage({ worst: Math.max(worst, performance.now() - since), answers })
    ;[worst, answers] = [0, 0]
  })
  for (;;) {
    since = performance.now()
    if (await answersOk(workerData)) answers++
    worst = Math.max(worst, performance.now() - since)
    since = performance.now()
    await sleep(EVERY_MS)
    since = performance.now()
  }
}

function answersOk(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asking = request(url, { agent: false, timeout: LONGEST_MS }, (answer) =>
      answer.resume().once('close', () => resolve(answer.statusCode === 200))
    )
    asking.on('timeout', () => asking.destroy())
    asking.on('error', () => resolve(false))
    asking.end()
  })
}
