import { request } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'

/** A server, and the cookies of those who have signed in there. */
export interface Target {
  address: string
  cookies: Record<'nobody' | 'staff' | 'manager', string>
}

const FORM = 'application/x-www-form-urlencoded'
const MEGABYTE = 1024 * 1024
const PIECE = Buffer.alloc(64 * 1024, 'a')

interface Sent {
  path: string
  cookie: string
  body: Buffer
  /** How often the body is sent, one after the other. */
  times?: number
  headers?: Record<string, string>
}

/** What was answered, or how the connection ended. */
function post({ address }: Target, { path, cookie, body, times = 1, headers = {} }: Sent): Promise<number | string> {
  return new Promise((resolve) => {
    const length = body.length * times
    const sending = request(`${address}${path}`, {
      method: 'POST',
      agent: false,
      headers: { origin: address, cookie, 'content-type': FORM, 'content-length': length, ...headers }
    })
    let left = times
    const more = () => {
      while (left-- > 0) if (!sending.write(body)) return sending.once('drain', more)
      return sending.end()
    }
    sending.on('response', (answer) => answer.resume().on('close', () => resolve(answer.statusCode ?? 0)))
    sending.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    more()
  })
}

const many = <Value>(count: number, make: (n: number) => Value) => Array.from({ length: count }, (_, n) => make(n))
const smallFields = (count: number) => Buffer.from('fx=1&'.repeat(count))
const gzipped = { 'content-encoding': 'gzip' }

type Attack = (target: Target, strength: number) => Promise<unknown>

/** Each sends what would end or hold up a server that reads before it asks; `strength` is how many do so at once. */
export const ATTACKS: Record<string, Attack> = {
  'a million fields to the upload': (target) =>
    everyone(target, (cookie) => post(target, { path: '/groups/1/import', cookie, body: smallFields(1_010_000) })),

  'a million fields, compressed': (target) => {
    const body = gzipSync(smallFields(1_010_000))
    return everyone(target, (cookie) => post(target, { path: '/groups/1/import', cookie, body, headers: gzipped }))
  },

  'a small file that unpacks to 199 MB': (target) => {
    const body = gzipSync(Buffer.alloc(199 * MEGABYTE, 'a'), { level: 1 })
    return everyone(target, (cookie) => post(target, { path: '/groups/1/import', cookie, body, headers: gzipped }))
  },

  'a form of 199 MB': (target) =>
    everyone(target, (cookie) => post(target, { path: '/groups/1/import', cookie, body: PIECE, times: 199 * 16 })),

  'forms of a megabyte': (target, strength) =>
    everyone(target, (cookie) =>
      Promise.all(many(strength, () => post(target, { path: '/sign-in', cookie, body: smallFields(200_000) })))
    ),

  'forms of as many fields as fit': (target, strength) =>
    everyone(target, (cookie) =>
      Promise.all(many(strength, () => post(target, { path: '/groups', cookie, body: smallFields(13_000) })))
    ),

  'the largest forms that are read, to be shown again': (target, strength) => {
    // Each letter takes five in the page.
    const body = Buffer.from(`firstName=${'%26'.repeat(21_000)}`)
    return everyone(target, (cookie) =>
      Promise.all(many(strength, () => post(target, { path: '/customers', cookie, body })))
    )
  },

  'the largest sign-ins': (target, strength) => {
    const kept = { action: '/groups', back: null, fields: [['name', '"'.repeat(6_000)]] }
    const body = Buffer.from(new URLSearchParams({ email: 'x', kept: JSON.stringify(kept) }).toString())
    return Promise.all(many(strength, () => post(target, { path: '/sign-in', cookie: '', body })))
  },

  'answers that nobody reads': async (target, strength) => {
    const body = `firstName=${'%26'.repeat(21_000)}`
    const sockets = Object.values(target.cookies).flatMap((cookie) =>
      many(strength, () => {
        const socket = open(target.address, { path: '/customers', cookie, type: FORM, length: body.length })
        socket.pause().write(body)
        return socket
      })
    )
    await sleep(2_000)
    for (const socket of sockets) socket.destroy()
  },

  'a file of many parts': (target, strength) => {
    const part = '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n'
    const body = Buffer.from(`${part.repeat(100_000)}--x--\r\n`)
    const headers = { 'content-type': 'multipart/form-data; boundary=x' }
    return Promise.all(
      many(strength, () => post(target, { path: '/groups/1/import', cookie: target.cookies.manager, body, headers }))
    )
  }
}

function everyone<Result>({ cookies }: Target, send: (cookie: string) => Promise<Result>): Promise<Result[]> {
  return Promise.all(Object.values(cookies).map(send))
}

const MULTIPART = 'multipart/form-data; boundary=x'
type Slow = [path: string, type: string]

/** What has its answer before its body is there, and what has not. */
export const UNREAD: Slow[] = [
  ['/groups/1/import', MULTIPART],
  ['/groups/1/import', FORM],
  ['/no-such-page', FORM],
  ['/sign-in', MULTIPART]
]
export const READ: Slow[] = [
  ['/sign-in', FORM],
  ['/groups', FORM]
]

/** Bodies that never end, from nobody, a byte at a time. */
export function trickle({ address }: Target, count: number, kinds: Slow[]) {
  const began = performance.now()
  const sockets = many(count, (n) => {
    const [path, type] = kinds[n % kinds.length] ?? ['/', FORM]
    const socket = open(address, { path, cookie: '', type, length: 10_000 })
    socket.resume()
    const timer = setInterval(() => socket.write('a'), 1_000)
    const ended = new Promise<number>((resolve) => {
      socket.once('close', () => {
        clearInterval(timer)
        resolve(performance.now() - began)
      })
    })
    return { socket, ended }
  })
  return {
    /** How long the last of them stayed, in ms. */
    longest: async () => Math.max(...(await Promise.all(sockets.map(({ ended }) => ended)))),
    stop(): void {
      for (const { socket } of sockets) socket.destroy()
    }
  }
}

/** A connection on which the head of a form has been sent. */
function open(
  address: string,
  { path, cookie, type, length }: { path: string; cookie: string; type: string; length: number }
) {
  const { host, port } = new URL(address)
  const head = [
    `POST ${path} HTTP/1.1`,
    `Host: ${host}`,
    `Origin: ${address}`,
    `Cookie: ${cookie}`,
    `Content-Type: ${type}`,
    `Content-Length: ${length}`
  ]
  const socket = connect(Number(port), '127.0.0.1')
  socket.on('error', () => socket.destroy()).write(`${head.join('\r\n')}\r\n\r\n`)
  return socket
}
