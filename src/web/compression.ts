import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** A shorter page, in characters, fits into one packet anyway. */
const LEAST = 1024

// Of all settings that were measured (docs/decisions.md), these take the least time. Pages shrink to between a tenth
// and a sixth.
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 1, [constants.BROTLI_PARAM_LGWIN]: 18 } }
const GZIP = { level: 3 }

const PACK = {
  br: (text: string) => brotliCompressSync(text, BROTLI),
  gzip: (text: string) => gzipSync(text, GZIP)
}

/** How an answer is compressed: by the best method that the browser accepts. */
export function encodingFor({ headers }: FastifyRequest): keyof typeof PACK | 'identity' {
  const wanted = (headers['accept-encoding'] ?? '').split(',').filter((one) => !/;\s*q=0(\.0*)?\s*$/.test(one))
  const names = wanted.map((one) => one.replace(/;.*/, '').trim().toLowerCase())
  return names.includes('br') ? 'br' : names.includes('gzip') ? 'gzip' : 'identity'
}

/**
 * Compresses pages, each in one piece. Streams are left alone: they are files, whose first bytes it would hold back.
 */
export function compressPages(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    if (typeof payload !== 'string' || payload.length < LEAST) return payload
    const varies = [reply.getHeader('vary') ?? [], 'Accept-Encoding'].flat()
    reply.header('vary', varies.join(', '))
    const encoding = encodingFor(request)
    if (encoding === 'identity') return payload
    reply.header('content-encoding', encoding)
    return PACK[encoding](payload)
  })
}
