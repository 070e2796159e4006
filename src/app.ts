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

/** How long a connection may be silent before it is closed. */
const IDLE_MS = 120_000
/**
 * The most connections at once. A shop's browsers need a few each, and those that strangers open must leave enough
 * memory.
 */
const MOST_CONNECTIONS = 1_000

export interface AppOptions extends PageOptions {
  orm: Orm
  clock?: () => Date
  /** Is called with each route. */
  onRoute?: (route: RouteOptions) => void
}

/** Builds the whole application, ready to listen or to be called by inject(). */
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
    // A request that still arrives on an open connection is answered, and then the connection is closed.
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

/**
 * Closes each connection with its last answer once the server is stopping. Otherwise browsers would keep their
 * connections open and hold up the stop.
 */
function closeWithTheLastAnswer(app: FastifyInstance): void {
  let isClosing = false
  app.addHook('preClose', async () => {
    isClosing = true
  })
  app.addHook('onSend', async (_request, reply) => {
    if (isClosing) reply.header('connection', 'close')
  })
}

/** Turns the configuration into Fastify's trustProxy. A number is how many proxies stand before the server. */
function proxyTrustOf(proxies: Config['TRUST_PROXY']) {
  return typeof proxies === 'number' ? (_address: string, hop: number) => hop < proxies : proxies
}
