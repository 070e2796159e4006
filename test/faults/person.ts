import { setTimeout as sleep } from 'node:timers/promises'
import type { Server } from './house.ts'

export interface Answer {
  status: number
  body: string
  location: string
}

const PAUSE_MS = 250
/** With all that somebody does. */
const PATIENCE_MS = 120_000

/** The cookie of a session that all servers know. */
export async function signIn(address: string): Promise<string> {
  const body = new URLSearchParams({ email: 'manager@demo.test', password: 'clientele-demo' })
  const answer = await fetch(`${address}/sign-in`, {
    method: 'POST',
    body,
    redirect: 'manual',
    headers: { origin: address }
  })
  if (answer.status !== 303) throw new Error(`Nobody is let in: ${answer.status}`)
  return answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
}

/** Somebody who works with the servers in turn, and does again what could not be done: with the same form, as a browser sends it. */
export class Person {
  /** The longest time that an answer's first byte took, in ms. */
  slowest = 0
  readonly #servers: Server[]
  #next = 0
  readonly #cookie: string
  readonly #until = performance.now() + PATIENCE_MS

  constructor(servers: Server[], cookie: string) {
    this.#servers = servers
    this.#cookie = cookie
  }

  get(path: string): Promise<Answer> {
    return this.#insist(() => this.try(path))
  }

  post(path: string, form: Record<string, string>): Promise<Answer> {
    return this.#insist(() => this.try(path, { body: new URLSearchParams(form) }))
  }

  /** Once; what has no answer at all is as good as a 503. */
  async try(
    path: string,
    { body, headers }: { body?: RequestInit['body']; headers?: Record<string, string> } = {}
  ): Promise<Answer> {
    if (performance.now() > this.#until) throw new Error(`It took too long, at ${path}`)
    const { address } = this.#servers[this.#next++ % this.#servers.length] ?? { address: '' }
    const began = performance.now()
    const sent = { origin: address, cookie: this.#cookie, ...headers }
    const request = { method: body ? 'POST' : 'GET', body, redirect: 'manual', headers: sent, duplex: 'half' } as const
    const answer = await fetch(`${address}${path}`, request)
    // What is sent piece by piece takes its time to send.
    if (!(body instanceof ReadableStream)) this.slowest = Math.max(this.slowest, performance.now() - began)
    return { status: answer.status, body: await answer.text(), location: answer.headers.get('location') ?? '' }
  }

  async #insist(work: () => Promise<Answer>): Promise<Answer> {
    for (;;) {
      const answer = await work().catch((error) => {
        if (performance.now() > this.#until) throw error
        return null
      })
      if (answer && answer.status !== 503) {
        if (answer.status >= 500) throw new Error(`${answer.status}: ${answer.body}`)
        return answer
      }
      await sleep(PAUSE_MS)
    }
  }
}
