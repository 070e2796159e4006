import type { FastifyInstance, FastifyRequest } from 'fastify'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { Refusal } from '../lib/errors.ts'
import { networkOf } from '../lib/network.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route counts refusals itself, by the account that somebody tries to sign in to. */
    countsTries?: boolean
  }
  interface FastifyRequest {
    /** The key that this request was counted for; null if it was not counted. */
    countedFor: string | null
  }
}

/**
 * The most refused requests within a minute. Nobody at a counter comes near it, but a program that guesses exceeds it
 * at once.
 */
export const MOST_REFUSALS = 300
const SECONDS = 60

/**
 * Slows down a session or, if there is none, a network whose requests are refused again and again. Successful requests
 * do not count, however many they are and however many tills share one address.
 */
export function limitRefusals(
  app: FastifyInstance,
  most: number,
  sessionOf: (request: FastifyRequest) => string | undefined
): void {
  const refusals = new RateLimiterMemory({ points: most, duration: SECONDS })
  app.decorateRequest('countedFor', null)

  // A request is counted before it is processed, and uncounted if it succeeds, so that sending many at once gains
  // nothing.
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
