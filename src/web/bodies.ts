import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { type Readable, Transform } from 'node:stream'
import formbody from '@fastify/formbody'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Refusal } from '../lib/errors.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Takes a file, which may be large and long on its way, and no plain form. */
    isUpload?: boolean
  }
}

const FORM = 'application/x-www-form-urlencoded'
const FILE = 'multipart/form-data'

/** Of any form: the widest of ours, a customer's, has a field for each list that they are in. */
export const MOST_FIELDS = 1_000

/** Several times what fits into the fields of our forms, in any script. What is typed is shown again, which takes the more time the more it is. */
const LARGEST_FORM = 64 * 1024

/** Of all the forms that are on their way at one moment. */
const MOST_HELD = 16 * 1024 * 1024

declare module 'fastify' {
  interface FastifyRequest {
    /** The form as it came, whatever its route has made of it. */
    sent: unknown
  }
}

/** The one place where a body is let in: what its route does not read is refused by its head alone, before a byte of it is parsed. */
export async function readBodies(app: FastifyInstance): Promise<void> {
  const held = holdWithin(MOST_HELD)
  app.removeAllContentTypeParsers()
  await app.register(formbody, { bodyLimit: LARGEST_FORM })
  app.addHook('onRequest', async (request) => {
    if (request.is404 || !hasBody(request.headers)) return
    if (!isReadable(request)) throw new Refusal(415, 'Clientele does not understand this kind of request.')
    if (isForm(request) && Number(request.headers['content-length']) > LARGEST_FORM) throw tooLarge()
  })
  app.decorateRequest('sent', null)
  app.addHook('preValidation', async (request) => {
    request.sent = request.body
  })
  app.addHook('preParsing', async (request, _reply, body) => (isForm(request) ? weighed(request.raw, held) : body))
}

export function isForm({ method, is404, headers }: FastifyRequest): boolean {
  return method === 'POST' && !is404 && typeOf(headers) === FORM
}

function isReadable({ method, headers, routeOptions }: FastifyRequest): boolean {
  // No browser compresses what it sends: it would only hide how much there is to read.
  return (
    method === 'POST' &&
    !headers['content-encoding'] &&
    typeOf(headers) === (routeOptions.config.isUpload ? FILE : FORM)
  )
}

export function hasBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

function typeOf(headers: IncomingHttpHeaders): string | undefined {
  return headers['content-type']?.split(';')[0]?.trim().toLowerCase()
}

function tooLarge(): Refusal {
  return new Refusal(413, 'This is too large to send. Make it smaller, then try again.')
}

/** The form on its way to the parser, which stops at the first piece that is too much: a million fields take seconds to parse, in which nobody else is answered. */
function weighed(raw: IncomingMessage, held: Held): Readable {
  let [bytes, fields] = [0, 1]
  const scales = new Transform({
    transform(piece: Buffer, _encoding, passOn) {
      bytes += piece.length
      fields += separators(piece)
      held.add(raw, piece.length)
      if (bytes > LARGEST_FORM) passOn(tooLarge())
      else if (fields > MOST_FIELDS)
        passOn(new Refusal(413, 'This form has more than 1,000 fields. Send fewer at a time.'))
      else passOn(null, piece)
    }
  })
  scales.once('close', () => held.remove(raw))
  // Not by pipeline(), which would end the connection over a form that is too much, and with it the answer.
  raw.once('close', () => raw.complete || scales.destroy(BROKE_OFF))
  return raw.pipe(scales)
}

const BROKE_OFF = new Refusal(400, 'The connection was lost before everything arrived. Send it again.')

function separators(piece: Buffer): number {
  let count = 0
  for (let at = piece.indexOf('&'); at >= 0 && count <= MOST_FIELDS; at = piece.indexOf('&', at + 1)) count++
  return count
}

type Held = ReturnType<typeof holdWithin>

/** Adds up what unfinished forms hold. Past the bound the oldest is cut off: a form of ours takes moments, a sender who is slow on purpose minutes. */
function holdWithin(most: number) {
  const bytesOf = new Map<IncomingMessage, number>()
  let sum = 0
  const held = {
    add(sender: IncomingMessage, bytes: number): void {
      bytesOf.set(sender, (bytesOf.get(sender) ?? 0) + bytes)
      sum += bytes
      const [oldest] = bytesOf.keys()
      if (sum > most && oldest) {
        held.remove(oldest)
        oldest.destroy()
      }
    },
    remove(sender: IncomingMessage): void {
      sum -= bytesOf.get(sender) ?? 0
      bytesOf.delete(sender)
    }
  }
  return held
}
