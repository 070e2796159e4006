import { randomUUID } from 'node:crypto'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import Fastify, { type FastifyInstance, type RouteOptions } from 'fastify'
import { whyBusy } from './bulk/start.ts'
import { type Config, isLoopback } from './config.ts'
import type { Orm } from './db/orm.ts'
import type { Health } from './health/health.ts'
import { loggedError } from './lib/logged-error.ts'
import { activityRoutes } from './pages/activity/index.ts'
import { accountRoutes } from './pages/customers/account.ts'
import { bulkRoutes } from './pages/customers/bulk.ts'
import { deletionRoutes } from './pages/customers/delete.ts'
import { customerFormRoutes } from './pages/customers/edit.ts'
import { entryRoutes } from './pages/customers/entry.ts'
import { exportRoutes } from './pages/customers/export.ts'
import { customerRoutes } from './pages/customers/index.ts'
import { customerMenuRoutes } from './pages/customers/menu.ts'
import { orderRoutes } from './pages/customers/orders.ts'
import { placingRoutes } from './pages/customers/placing.ts'
import { compareRoutes } from './pages/groups/compare.ts'
import { memberRoutes } from './pages/groups/customers.ts'
import { groupFormRoutes } from './pages/groups/edit.ts'
import { groupRoutes } from './pages/groups/index.ts'
import { groupMenuRoutes } from './pages/groups/menu.ts'
import { pickerRoutes } from './pages/groups/picker.ts'
import { productRoutes } from './pages/groups/products.ts'
import { productFileRoutes } from './pages/groups/products-file.ts'
import { removalRoutes } from './pages/groups/removal.ts'
import { overviewRoutes } from './pages/groups/show.ts'
import { healthRoutes } from './pages/health.ts'
import { answerRoutes } from './pages/imports/answers.ts'
import { mendRoutes } from './pages/imports/mend.ts'
import { uploadRoutes } from './pages/imports/new.ts'
import { rereadRoutes } from './pages/imports/reread.ts'
import { rowRoutes } from './pages/imports/rows.ts'
import { importRoutes } from './pages/imports/show.ts'
import { strangerRoutes } from './pages/imports/strangers.ts'
import { keyRoutes } from './pages/keys.ts'
import { operationRoutes } from './pages/operations/show.ts'
import { undoRoutes } from './pages/operations/undo.ts'
import { retailerRoutes } from './pages/retailer/settings.ts'
import { controlAccess, recogniseVisitors, signedIn } from './pages/shared/access.ts'
import { homeOf } from './pages/shared/navigation.ts'
import { readFirst } from './pages/shared/read-first.ts'
import { staffRoutes } from './pages/staff/index.ts'
import { linkRoutes } from './pages/staff/link.ts'
import { profileRoutes } from './pages/staff/profile.ts'
import { createSessionCookie } from './pages/staff/session-cookie.ts'
import { askAgain, signInRoutes } from './pages/staff/sign-in.ts'
import { visits } from './pages/staff/visits.ts'
import { loadAssets, serveAssets } from './web/assets.ts'
import { readBodies } from './web/bodies.ts'
import { compressPages } from './web/compression.ts'
import { cutOffSlowRequests, endUnreadRequests, UPLOAD_MS } from './web/deadline.ts'
import { handleErrors } from './web/errors.ts'
import { checkHost } from './web/host.ts'
import { loggedJob, loggedRequest } from './web/logged.ts'
import { guardOrigin } from './web/origin.ts'
import { losePatience, MOST_REFUSALS } from './web/patience.ts'
import { securityHeaders } from './web/security-headers.ts'
import { LONGEST_PART, readablePath } from './web/url.ts'
import { validateWithZod, type ZodTypes } from './web/validation.ts'
import { setUpViews } from './web/view.ts'

/** A connection on which nothing moves is cut off after this. */
const IDLE_MS = 120_000
/** A shop's browsers need a few each; what a stranger opens must leave memory for them. */
const MOST_CONNECTIONS = 1_000

export interface Setting {
  orm: Orm
  config: Pick<Config, 'PUBLIC_URL' | 'TRUST_PROXY' | 'LOG_LEVEL'> & Partial<Pick<Config, 'HOST'>>
  clock?: () => Date
  /** By one session, or network without one, within a minute. */
  mostRefusals?: number
  /** Told of each route. */
  onRoute?: (route: RouteOptions) => void
  health?: Health
}

/** The whole application, ready to listen or to be asked by inject(). */
export async function buildApp({
  orm,
  config,
  clock = () => new Date(),
  mostRefusals = MOST_REFUSALS,
  onRoute,
  health
}: Setting) {
  const app = Fastify({
    logger: { level: config.LOG_LEVEL, serializers: { req: loggedRequest, err: loggedError, job: loggedJob } },
    trustProxy: trusted(config.TRUST_PROXY),
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
  handleErrors(app, whyBusy)
  await app.register(helmet, securityHeaders(config.PUBLIC_URL))
  compressPages(app)
  await app.register(cookie)
  const assets = loadAssets()
  const sessions = createSessionCookie(config.PUBLIC_URL)
  await setUpViews(app, { assets, production: process.env.NODE_ENV !== 'development', secure: sessions.secure })
  // The order is that in which a request is asked: for which host, who sends it, from which page, how often in vain, what, and whether they may.
  checkHost(app, isForThisMachine(config))
  recogniseVisitors(app, { orm, clock, findVisit: readFirst(app, visits(sessions)) })
  guardOrigin(app, config.PUBLIC_URL)
  losePatience(app, mostRefusals, sessions.tokenOf)
  await readBodies(app)
  controlAccess(app, { askAgain })
  cutOffSlowRequests(app)
  endUnreadRequests(app)
  closeWithTheLastAnswer(app)
  app.server.maxConnections = MOST_CONNECTIONS

  serveAssets(app, assets)
  await healthRoutes(app, health)
  await keyRoutes(app)
  await signInRoutes(app, sessions)
  await linkRoutes(app, sessions)
  await profileRoutes(app, sessions)
  await staffRoutes(app, config.PUBLIC_URL)
  await retailerRoutes(app, sessions)
  await groupRoutes(app)
  await overviewRoutes(app)
  await compareRoutes(app)
  await groupFormRoutes(app)
  await groupMenuRoutes(app)
  await memberRoutes(app)
  await productRoutes(app)
  await productFileRoutes(app)
  await pickerRoutes(app)
  await removalRoutes(app)
  await operationRoutes(app)
  await undoRoutes(app)
  await uploadRoutes(app)
  await importRoutes(app)
  await answerRoutes(app)
  await rereadRoutes(app)
  await rowRoutes(app)
  await mendRoutes(app)
  await strangerRoutes(app)
  await customerRoutes(app)
  await customerMenuRoutes(app)
  await customerFormRoutes(app)
  await placingRoutes(app)
  await exportRoutes(app)
  await bulkRoutes(app)
  await orderRoutes(app)
  await accountRoutes(app)
  await entryRoutes(app)
  await deletionRoutes(app)
  await activityRoutes(app)
  app.get('/', async (request, reply) => reply.redirect(homeOf(signedIn(request)), 303))
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

/** No proxy says that it passes on what others ask. */
function isForThisMachine({ HOST, PUBLIC_URL, TRUST_PROXY }: Setting['config']): boolean {
  return HOST !== undefined && isLoopback(HOST) && !PUBLIC_URL && !TRUST_PROXY
}

/** A number is how many proxies stand before us. */
function trusted(proxies: Config['TRUST_PROXY']) {
  return typeof proxies === 'number' ? (_address: string, hop: number) => hop < proxies : proxies
}
