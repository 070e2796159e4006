import type { Orm } from '../db/orm.ts'
import { together } from '../lib/together.ts'
import { findHolders, type KeyHolder } from '../tills/keys.ts'
import type { Scope } from '../tills/scopes.ts'
import { hashOf } from '../tills/till-key.ts'
import type { App } from '../web/validation.ts'
import type { limitRequests } from './limits.ts'
import { Problem } from './problem.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a key must let its till do to ask here; without it any key is enough. */
    scope?: Scope
  }
  interface FastifyRequest {
    /** Whose key it came with. */
    holder: KeyHolder
  }
}

/** The most keys that are looked up at a time. */
const MOST_KEYS = 500

const BEARER = /^Bearer (clt_[\w-]{43})$/i

/**
 * No route is open by oversight: those that are say so, and all others need a key whose scopes allow it. A key is looked up with
 * each request, so that one that is ended ends at once, in every process; those of requests that arrive together, together.
 */
export function controlAccess(app: App, orm: Orm, limit: ReturnType<typeof limitRequests>): void {
  const holderOf = together<{ hash: string; now: Date }, KeyHolder | undefined>(async (asked) => {
    const [first] = asked
    if (!first) return []
    const found = await findHolders(orm.em.fork(), [...new Set(asked.map(({ hash }) => hash))], first.now)
    return asked.map(({ hash }) => found.get(hash))
  }, MOST_KEYS)

  app.decorateRequest('holder')
  app.addHook('onRequest', async (request, reply) => {
    const { routeOptions, is404, headers } = request
    if (routeOptions.config.public || is404) return
    const [, key] = BEARER.exec(headers.authorization ?? '') ?? []
    const holder = key && (await holderOf({ hash: hashOf(key), now: request.now }))
    if (!holder) {
      reply.header('www-authenticate', 'Bearer')
      throw new Problem(
        401,
        key ? 'key-invalid' : 'key-needed',
        key ? 'This key is not valid, or has been ended.' : 'This address needs a key.'
      )
    }
    request.holder = holder
    await limit(request, reply)
    const { scope } = routeOptions.config
    if (scope && !holder.scopes.includes(scope)) {
      throw new Problem(403, 'scope-missing', `This key lacks the scope ${scope}.`, { scope })
    }
  })
}
