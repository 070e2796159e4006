import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Em, Orm } from '../db/orm.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Anybody may ask, without a session or a key; each front keeps all else closed by a hook of its own. */
    public?: boolean
  }
  interface FastifyRequest {
    em: Em
    now: Date
  }
}

/** Gives each request an entity manager of its own and one moment that counts as "now" for as long as it lasts. */
export function openRequests(app: FastifyInstance, { orm, clock }: { orm: Orm; clock: () => Date }): void {
  const managers = new WeakMap<FastifyRequest, Em>()
  // Made when it is first asked for: a sale of a till is written by another, together with others.
  app.decorateRequest('em', {
    getter(this: FastifyRequest) {
      const em = managers.get(this) ?? orm.em.fork()
      managers.set(this, em)
      return em
    },
    setter(this: FastifyRequest, em: Em) {
      managers.set(this, em)
    }
  })
  app.decorateRequest('now')
  app.addHook('onRequest', async (request) => {
    request.now = clock()
  })
}
