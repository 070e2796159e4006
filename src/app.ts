import { randomUUID } from 'node:crypto'
import helmet from '@fastify/helmet'
import Fastify, { type FastifyInstance, type RouteOptions } from 'fastify'
import { api } from './api/api.ts'
import type { Config } from './config.ts'
import type { Orm } from './db/orm.ts'
import { errorForLog } from './lib/logged-error.ts'
import { type PageOptions, pages } from './pages/pages.ts'
import { compressPages } from './web/compression.ts'
import { endUnreadRequests, UPLOAD_MS } from './web/deadline.ts'
import { jobForLog, requestForLog } from './web/logged.ts'
import { openRequests } from './web/request.ts'
import { securityHeaders } from './web/security-headers.ts'
import { LONGEST_PART, readablePath } from './web/url.ts'
import { validateWithZod, type ZodTypes } from './web/validation.ts'

/** A connection on which nothing moves is cut off after this. */
const IDLE_MS = 120_000
/** A shop's browsers need a few each; what a stranger opens must leave memory for them. */
const MOST_CONNECTIONS = 1_000

export interface AppOptions extends PageOptions {
  orm: Orm
  clock?: () => Date
  /** Told of each route. */
  onRoute?: (route: RouteOptions) => void
}

/** The whole application, ready to listen or to be asked by inject(). */
export async function buildApp(options: AppOptions) {
  const { orm, clock = () => new Date(), config, onRoute } = options
  const app = Fastify({
    logger: { level: config.LOG_LEVEL, serializers: { req: requestForLog, err: errorForLog, job: jobForLog } },
    trustProxy: proxyTrustOf(config.TRUST_PROXY),
    genReqId: () => randomUUID(),
    requestTimeout: UPLOAD_MS,
    connectionTimeout: IDLE_MS,
    routerOptions: { maxParamLength: LONGEST_PART },
    rewriteUrl: ({ url = '/' }) => readablePath(url),
    forceCloseConnections: 'idle',
    // What still comes over a connection that was kept is answered, and the connection closed.
    return503OnClosing: false
  }).withTypeProvider<ZodTypes>()

  if (onRoute) app.addHook('onRoute', onRoute)
  validateWithZod(app)
  await app.register(helmet, securityHeaders(config.PUBLIC_URL))
  compressPages(app)
  endUnreadRequests(app)
  closeWithTheLastAnswer(app)
  openRequests(app, { orm, clock })
  app.server.maxConnections = MOST_CONNECTIONS

  await app.register(pages, options)
  await app.register(api, { prefix: '/api/v1', orm, config })
  return app
}

/** A stop waits for running requests, not for the browsers that would keep their connections for more. */
function closeWithTheLastAnswer(app: FastifyInstance): void {
  let isClosing = false
  app.addHook('preClose', async () => {
    isClosing = true
  })
  app.addHook('onSend', async (_request, reply) => {
    if (isClosing) reply.header('connection', 'close')
  })
}

/** A number is how many proxies stand before us. */
function proxyTrustOf(proxies: Config['TRUST_PROXY']) {
  return typeof proxies === 'number' ? (_address: string, hop: number) => hop < proxies : proxies
}
