import type { FastifyInstance, FastifyRequest } from 'fastify'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { Refusal } from '../lib/errors.ts'
import { networkOf } from '../lib/network.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Counts its own refusals, by the account that is tried. */
    countsTries?: boolean
  }
  interface FastifyRequest {
    /** What it counts against, until it is known that it was no refusal. */
    countedFor: string | null
  }
}

/** Changes that are refused within a minute: nobody at a counter comes near it, a program that guesses does at once. */
export const MOST_REFUSALS = 300
const SECONDS = 60

/**
 * Slows down whoever is refused again and again: a session or, without one, a network. What is done counts for nothing,
 * however much it is and from however many tills behind one address.
 */
export function losePatience(
  app: FastifyInstance,
  most: number,
  sessionOf: (request: FastifyRequest) => string | undefined
): void {
  const refusals = new RateLimiterMemory({ points: most, duration: SECONDS })
  app.decorateRequest('countedFor', null)

  // Counted before it is looked at, and taken back: many at once gain nothing.
  app.addHook('onRequest', async (request, reply) => {
    if (request.method !== 'POST' || request.routeOptions.config.countsTries) return
    const key = request.user ? `session ${sessionOf(request)}` : `network ${networkOf(request.ip)}`
    try {
      await refusals.consume(key)
      request.countedFor = key
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal
      const seconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000))
      reply.header('retry-after', seconds)
      throw new Refusal(
        429,
        `Too many of your requests were refused within a minute. Wait ${seconds} seconds, then go back and try again.`
      )
    }
  })
  app.addHook('onResponse', async ({ countedFor }, reply) => {
    if (countedFor && !isRefusal(reply.statusCode)) await refusals.reward(countedFor)
  })
}

const isRefusal = (status: number) => status >= 400 && status < 500
