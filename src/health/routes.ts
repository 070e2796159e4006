import type { FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import type { Orm } from '../db/orm.ts'
import { row } from '../db/rows.ts'

/** For whoever restarts or routes: is the process alive, and can it answer (is the database there)? */
export async function healthRoutes(app: FastifyInstance, orm: Orm): Promise<void> {
  app.get('/health/live', { config: { public: true } }, async () => ({ status: 'ok' }))

  app.get('/health/ready', { config: { public: true } }, async (request, reply) => {
    try {
      await row(orm.em.fork(), sql`select 1`)
      return { status: 'ok' }
    } catch (error) {
      request.log.warn({ err: error }, 'database is away')
      return reply.code(503).send({ status: 'database is away' })
    }
  })
}
