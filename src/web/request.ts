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

/** Every request, of a person or a program, has its own view of the database, and one moment for as long as it takes. */
export function openRequests(app: FastifyInstance, { orm, clock }: { orm: Orm; clock: () => Date }): void {
  app.decorateRequest('em')
  app.decorateRequest('now')
  app.addHook('onRequest', async (request) => {
    request.now = clock()
    request.em = orm.em.fork()
  })
}
