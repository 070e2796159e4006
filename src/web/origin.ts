import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Refusal } from '../lib/errors.ts'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * The only guard against forged requests, uploads included: a request that changes something must come from a page of
 * this server. Every supported browser sends Origin with such requests; if it sends Sec-Fetch-Site, that must agree.
 */
export function guardOrigin(app: FastifyInstance, publicUrl: string | undefined): void {
  app.addHook('onRequest', async (request) => {
    if (SAFE.has(request.method)) return
    const site = request.headers['sec-fetch-site']
    const isForeign = site !== undefined && site !== 'same-origin'
    if (isForeign || request.headers.origin !== expectedOrigin(request, publicUrl)) {
      request.log.warn({ origin: request.headers.origin?.slice(0, 200), site }, 'another site’s request')
      throw new Refusal(403, 'This request did not come from a Clientele page. Open Clientele and try again there.')
    }
  })
}

function expectedOrigin(request: FastifyRequest, publicUrl: string | undefined): string {
  return publicUrl ?? `${request.protocol}://${request.host}`
}
