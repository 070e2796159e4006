import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

/** What a process of its own sends: over so many connections, each of which waits for an answer before it goes on. */
export type Load =
  | { kind: 'http'; connections: number; address: string; requests: TillRequest[]; everyMs?: number }
  | { kind: 'sql'; connections: number; url: string; text: string; rows: unknown[][] }

/** What it says when it is done. */
export interface Sent {
  ms: number
  /** How many ms each answer took. */
  samples: number[]
}

export interface TillRequest {
  method: 'GET' | 'POST'
  path: string
  key: string
  body?: string
}

const load: Load = JSON.parse(readFileSync(process.env.LOAD ?? '', 'utf8'))
const workers = Array.from({ length: load.connections }, (_, place) =>
  load.kind === 'http' ? overHttp(load, place) : overSql(load)
)
const opened = await Promise.all(workers.map((worker) => worker.open()))
const began = performance.now()
const samples: number[] = []
const everyMs = load.kind === 'http' ? (load.everyMs ?? 0) : 0
const left = (load.kind === 'http' ? load.requests : load.rows).keys()
await Promise.all(
  opened.map(async ({ send }, worker) => {
    // Those who keep a pace do not begin all at once.
    let due = began + (everyMs * worker) / opened.length
    for (const place of left) {
      if (everyMs > 0) await sleep(Math.max(0, due - performance.now()))
      const sent = performance.now()
      await send(place)
      samples.push(performance.now() - sent)
      due += everyMs
    }
  })
)
const said: Sent = { ms: performance.now() - began, samples: everyMs > 0 ? samples : [] }
process.stdout.write(JSON.stringify(said))
await Promise.all(opened.map(({ close }) => close()))

interface Worker {
  open(): Promise<{ send(place: number): Promise<unknown>; close(): unknown }>
}

function overHttp({ address, requests }: Extract<Load, { kind: 'http' }>, place: number): Worker {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const ask = ({ method, path, key, body }: TillRequest) =>
    new Promise<void>((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${key}`,
        ...(body && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
      }
      const asked = request(address + path, { method, agent, headers }, (answer) => {
        answer.resume()
        answer.once('error', reject)
        const isGood = answer.statusCode === 200 || answer.statusCode === 201
        answer.once('end', () =>
          isGood ? resolve() : reject(new Error(`${path} was answered with ${answer.statusCode}`))
        )
      })
      asked.once('error', reject)
      asked.end(body)
    })
  return {
    async open() {
      // Each begins with another till's key: of one key only so many are answered at once.
      const first = requests[place % requests.length]
      if (first) await ask({ method: 'GET', path: '/api/v1/shop', key: first.key })
      return { send: (place) => ask(requests[place] as TillRequest), close: () => agent.destroy() }
    }
  }
}

function overSql({ url, text, rows }: Extract<Load, { kind: 'sql' }>): Worker {
  return {
    async open() {
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      return {
        send: (place) => client.query({ name: 'load', text, values: rows[place] }),
        close: () => client.end()
      }
    }
  }
}
