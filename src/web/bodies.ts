import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { type Readable, Transform } from 'node:stream'
import formbody from '@fastify/formbody'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Refusal } from '../lib/errors.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route takes a file, which may be large and slow, instead of a form. */
    isUpload?: boolean
  }
}

const FORM = 'application/x-www-form-urlencoded'
const FILE = 'multipart/form-data'

/** The most fields of a form. The longest form, a customer's, has a field for each list that the customer is on. */
export const MOST_FIELDS = 1_000

/**
 * The largest form, in bytes. It is several times what fits into the fields of any form, in any script. More would cost
 * time, because a form is shown again with what was typed.
 */
const LARGEST_FORM = 64 * 1024

/** The most bytes of all forms that are arriving at one moment. */
const MOST_HELD = 16 * 1024 * 1024

declare module 'fastify' {
  interface FastifyRequest {
    /** The form as it was sent, before its route changed it. */
    sent: unknown
  }
}

/**
 * Decides which request bodies are read, in this one place. A body that its route does not expect is refused by its
 * headers alone, before a byte of it is parsed.
 */
export async function readBodies(app: FastifyInstance): Promise<void> {
  const held = limitArrivingForms(MOST_HELD)
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
  app.addHook('preParsing', async (request, _reply, body) => (isForm(request) ? limitForm(request.raw, held) : body))
}

export function isForm({ method, is404, headers }: FastifyRequest): boolean {
  return method === 'POST' && !is404 && typeOf(headers) === FORM
}

function isReadable({ method, headers, routeOptions }: FastifyRequest): boolean {
  // No browser compresses what it sends, and compression would only hide how large a body is.
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

/**
 * Passes a form on to the parser, and stops at the first piece that exceeds a limit. Parsing a million fields takes
 * seconds in which nobody else gets an answer.
 */
function limitForm(raw: IncomingMessage, held: ArrivingForms): Readable {
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
  // pipeline() would close the connection of a form that is too large, and with it lose the answer.
  raw.once('close', () => raw.complete || scales.destroy(BROKE_OFF))
  return raw.pipe(scales)
}

const BROKE_OFF = new Refusal(400, 'The connection was lost before everything arrived. Send it again.')

function separators(piece: Buffer): number {
  let count = 0
  for (let at = piece.indexOf('&'); at >= 0 && count <= MOST_FIELDS; at = piece.indexOf('&', at + 1)) count++
  return count
}

type ArrivingForms = ReturnType<typeof limitArrivingForms>

/**
 * Adds up the bytes of all unfinished forms. Above the limit the oldest one is cut off: an ordinary form takes moments,
 * but a sender who is slow on purpose takes minutes.
 */
function limitArrivingForms(most: number) {
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
