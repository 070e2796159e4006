import type { FastifyInstance } from 'fastify'
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
  app.decorateRequest('em')
  app.decorateRequest('now')
  app.addHook('onRequest', async (request) => {
    request.now = clock()
    request.em = orm.em.fork()
  })
}
