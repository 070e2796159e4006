import type { FastifyInstance } from 'fastify'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Takes a large file, for which a slow line needs longer. */
    isUpload?: boolean
  }
}

/** A slow or stuck client is cut off: a whole request within this, unless it is an upload. */
const REQUEST_MS = 120_000
export const UPLOAD_MS = 60 * 60 * 1000

/** Ends requests that are still on their way after their time; the server's own deadline is that of an upload. */
export function cutOffSlowRequests(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ raw, routeOptions }) => {
    if (routeOptions.config.isUpload || raw.complete) return
    const timer = setTimeout(() => raw.complete || raw.destroy(), REQUEST_MS).unref()
    raw.once('close', () => clearTimeout(timer))
  })
}
