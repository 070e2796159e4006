import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Config, isLoopback } from '../config.ts'
import { Refusal } from '../lib/errors.ts'

/** By its own names alone; whatever the name, it is this machine that answers. */
const OWN_NAME = /^(localhost|[\w-]+\.localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i

export type Addresses = Pick<Config, 'PUBLIC_URL' | 'TRUST_PROXY'> & Partial<Pick<Config, 'HOST'>>

/** Which address a request is for. Where nobody but this machine can ask, any other name is another site's, led here to look like ours. */
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

/** No proxy says that it passes on what others ask. */
function isForThisMachine({ HOST, PUBLIC_URL, TRUST_PROXY }: Addresses): boolean {
  return HOST !== undefined && isLoopback(HOST) && !PUBLIC_URL && !TRUST_PROXY
}
