import cookie from '@fastify/cookie'
import { whyBusy } from '../bulk/start.ts'
import type { Config } from '../config.ts'
import type { Health } from '../health/health.ts'
import { loadAssets, serveAssets } from '../web/assets.ts'
import { readBodies } from '../web/bodies.ts'
import { cutOffSlowRequests } from '../web/deadline.ts'
import { handleErrors } from '../web/errors.ts'
import { checkHost } from '../web/host.ts'
import { guardOrigin } from '../web/origin.ts'
import { limitRefusals, MOST_REFUSALS } from '../web/patience.ts'
import type { App } from '../web/validation.ts'
import { setUpViews } from '../web/view.ts'
import { routes } from './routes.ts'
import { controlAccess, recogniseVisitors } from './shared/access.ts'
import { readFirst } from './shared/read-first.ts'
import { askAgain } from './sign-in.ts'
import { createSessionCookie } from './staff/session-cookie.ts'
import { visits } from './staff/visits.ts'

export interface PageOptions {
  config: Pick<Config, 'PUBLIC_URL' | 'TRUST_PROXY' | 'LOG_LEVEL'> & Partial<Pick<Config, 'HOST'>>
  /** The most refused changes within a minute by one session or, without one, from one network. */
  mostRefusals?: number
  health?: Health
}

/**
 * The front for people: HTML, with a session in a cookie. The front for programs (src/api) is registered beside it, and
 * neither's hooks affect the other.
 */
export async function pages(app: App, { config, mostRefusals = MOST_REFUSALS, health }: PageOptions): Promise<void> {
  handleErrors(app, whyBusy)
  await app.register(cookie)
  const assets = loadAssets()
  const sessions = createSessionCookie(config.PUBLIC_URL)
  await setUpViews(app, { assets, production: process.env.NODE_ENV !== 'development', secure: sessions.secure })
  // The hooks run in this order. They find out which host is asked, who asks, from which page, how many refusals there
  // were, and what is sent; last, whether the user may do this.
  checkHost(app, config)
  recogniseVisitors(app, { findVisit: readFirst(app, visits(sessions)) })
  guardOrigin(app, config.PUBLIC_URL)
  limitRefusals(app, mostRefusals, sessions.tokenOf)
  await readBodies(app)
  controlAccess(app, { askAgain })
  cutOffSlowRequests(app)

  serveAssets(app, assets)
  await routes(app, { publicUrl: config.PUBLIC_URL, health, sessions })
}
