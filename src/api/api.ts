import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyReply } from 'fastify'
import { Refusal } from '../lib/errors.ts'
import { hasBody } from '../web/bodies.ts'
import { type Addresses, checkHost } from '../web/host.ts'
import type { App } from '../web/validation.ts'

/** The JSON API for programs. Its hooks and those of the pages for people (src/pages) do not affect each other. */
export async function api(app: App, { config }: { config: Addresses }): Promise<void> {
  app.setErrorHandler<FastifyError>(async (error, request, reply) => {
    const status = error.statusCode ?? 500
    if (status >= 500) request.log.error({ err: error }, 'request failed')
    return problem(reply, status, error instanceof Refusal ? error.message : undefined)
  })
  app.setNotFoundHandler(async (_request, reply) => problem(reply, 404))

  checkHost(app, config)
  refuseStrangers(app)
  // Nothing here reads a body.
  app.addHook('onRequest', async ({ headers }) => {
    if (hasBody(headers)) throw new Refusal(415, 'This address takes no body.')
  })

  app.get('/openapi.json', { config: { public: true } }, async () => ({
    openapi: '3.1.0',
    info: { title: 'Clientele', version: '1' },
    paths: {}
  }))
}

/** No route is open by oversight: those that are say so, and all others wait for keys, which there are none of yet. */
function refuseStrangers(app: App): void {
  app.addHook('onRequest', async ({ routeOptions, is404 }, reply) => {
    if (routeOptions.config.public || is404) return
    reply.header('www-authenticate', 'Bearer')
    throw new Refusal(401, 'This address needs a key.')
  })
}

/** An error as RFC 9457 has it. */
function problem(reply: FastifyReply, status: number, detail?: string) {
  reply.code(status).header('cache-control', 'no-store').type('application/problem+json')
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, ...(detail && { detail }) }
}
