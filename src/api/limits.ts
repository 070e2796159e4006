import type { FastifyReply, FastifyRequest } from 'fastify'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { Problem } from './problem.ts'

/** Of one key: 20 requests a second, and 60 at once. Each process counts by itself. */
const MOST = 60
const SECONDS = 3

/** Counts requests by their key, apart from those of people; `weigh` says how many a request counts for. */
export function limitRequests() {
  const limiter = new RateLimiterMemory({ points: MOST, duration: SECONDS })
  return async ({ holder }: FastifyRequest, reply: FastifyReply, points = 1): Promise<void> => {
    reply.header('ratelimit-policy', `"key";q=${MOST};w=${SECONDS}`)
    try {
      tell(reply, await limiter.consume(holder.keyId, points))
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error
      tell(reply, error)
      reply.header('retry-after', secondsOf(error))
      throw new Problem(429, 'too-many-requests', 'This key asks too often. Try again in a moment.')
    }
  }
}

function tell(reply: FastifyReply, state: RateLimiterRes): void {
  reply.header('ratelimit', `"key";r=${Math.max(0, state.remainingPoints)};t=${secondsOf(state)}`)
}

const secondsOf = ({ msBeforeNext }: RateLimiterRes) => Math.max(1, Math.ceil(msBeforeNext / 1000))
