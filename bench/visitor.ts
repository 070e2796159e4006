import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { DEMO_PASSWORD } from '../src/demo/shop.ts'

/** A manager sees all pages of customers and groups, and may change them. */
const MANAGER = 'manager@demo.test'

/** What Chromium 109 accepts over https and on its own machine. */
export const AS_A_BROWSER = { 'accept-encoding': 'gzip, deflate, br' }

const UNPACK: Record<string, (packed: Buffer) => Buffer> = { br: brotliDecompressSync, gzip: gunzipSync }

interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}

/** A user at a browser who has signed in, with one connection that stays open. */
export class Visitor {
  readonly address: string
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  #cookie = ''

  private constructor(address: string) {
    this.address = address
  }

  static async signIn(address: string): Promise<Visitor> {
    const visitor = new Visitor(address)
    const { status, headers } = await visitor.post('/sign-in', [
      ['email', MANAGER],
      ['password', DEMO_PASSWORD]
    ])
    const [cookie = ''] = String(headers['set-cookie']).split(';')
    if (status !== 303) throw new Error(`The sign-in was answered with ${status}`)
    visitor.#cookie = cookie
    return visitor
  }

  get cookie(): string {
    return this.#cookie
  }

  /** The same user at another server on the same database. */
  at(address: string): Visitor {
    const other = new Visitor(address)
    other.#cookie = this.#cookie
    return other
  }

  /** The HTML of a page. */
  async get(path: string, headers: Record<string, string> = {}): Promise<string> {
    return (await this.ask(path, headers)).body
  }

  async ask(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    const answer = await this.#send('GET', path, headers)
    if (answer.status !== 200) throw new Error(`${path} was answered with ${answer.status}`)
    return answer
  }

  async post(path: string, fields: [string, string][]): Promise<Answer> {
    const headers = { origin: this.address, 'content-type': 'application/x-www-form-urlencoded' }
    return this.#send('POST', path, headers, new URLSearchParams(fields).toString())
  }

  /** Sends a file as a form does, and returns the address that the answer leads to. */
  async upload(path: string, name: string, file: Buffer): Promise<string> {
    const boundary = 'clientele-bench'
    const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\n\r\n`
    const headers = { origin: this.address, 'content-type': `multipart/form-data; boundary=${boundary}` }
    const body = Buffer.concat([Buffer.from(head), file, Buffer.from(`\r\n--${boundary}--\r\n`)])
    const { status, headers: answered } = await this.#send('POST', path, headers, body)
    if (status !== 303) throw new Error(`The upload was answered with ${status}`)
    return String(answered.location)
  }

  leave(): void {
    this.#agent.destroy()
  }

  async #send(method: string, path: string, headers: Record<string, string>, body?: string | Buffer): Promise<Answer> {
    const all = { ...AS_A_BROWSER, ...headers, ...(this.#cookie && { cookie: this.#cookie }) }
    const sent = request(`${this.address}${path}`, { agent: this.#agent, method, headers: all })
    sent.end(body)
    const [response] = await once(sent, 'response')
    const unpack = UNPACK[response.headers['content-encoding']]
    const answered = await buffer(response)
    return {
      status: response.statusCode,
      headers: response.headers,
      body: (unpack?.(answered) ?? answered).toString()
    }
  }
}
