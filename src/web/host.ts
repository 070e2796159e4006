import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Config, isLoopback } from '../config.ts'
import { Refusal } from '../lib/errors.ts'

/** The names by which a machine can only mean itself. */
const OWN_NAME = /^(localhost|[\w-]+\.localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i

export type Addresses = Pick<Config, 'PUBLIC_URL' | 'TRUST_PROXY'> & Partial<Pick<Config, 'HOST'>>

/**
 * Refuses a request whose Host is not this server's. If only this machine can send requests, any other name belongs to
 * another site that was made to lead here, to pass for its own pages (DNS rebinding).
 */
export function checkHost(app: FastifyInstance, config: Addresses): void {
  const isOwn = isForThisMachine(config)
  app.addHook('onRequest', async (request) => {
    if (hostsOf(request) > 1) throw new Refusal(400, 'The request names two hosts. Send one.')
    if (isOwn && !OWN_NAME.test(request.host))
      throw new Refusal(
        400,
        'Clientele answers on this computer only, at localhost. To reach it by another name, set PUBLIC_URL.'
      )
  })
}

function hostsOf({ raw }: FastifyRequest): number {
  return raw.rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === 'host').length
}

/**
 * A proxy may pass on requests of other machines, so a server behind one, or with a public URL, is not for this machine
 * alone.
 */
function isForThisMachine({ HOST, PUBLIC_URL, TRUST_PROXY }: Addresses): boolean {
  return HOST !== undefined && isLoopback(HOST) && !PUBLIC_URL && !TRUST_PROXY
}
