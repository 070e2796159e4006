import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Health } from '../health/health.ts'

const open = { config: { public: true } } as const

/**
 * The health checks for balancers (can this process answer?) and supervisors (would only a restart help?). They wait
 * for nothing, and their bodies hold no secrets.
 */
export async function healthRoutes(app: FastifyInstance, health?: Health): Promise<void> {
  app.get('/health/live', open, async (_request, reply) => answer(reply, health?.whyHopeless() ?? null, {}))
  app.get('/health/ready', open, async (_request, reply) =>
    answer(reply, health?.whyNotReady() ?? null, health?.body() ?? {})
  )
}

function answer(reply: FastifyReply, why: string | null, body: object) {
  return reply
    .code(why === null ? 200 : 503)
    .header('cache-control', 'no-store')
    .send({ status: why ?? 'ok', ...body })
}
