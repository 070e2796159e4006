import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyRequest {
    /** True while somebody who may upload a file is doing so. */
    isUploading: boolean
  }
}

/** How long, in ms, a whole request may take if it is not an upload. A slow or stuck client is cut off after that. */
const REQUEST_MS = { ours: 120_000, strangers: 20_000 }
export const UPLOAD_MS = 60 * 60 * 1000

/**
 * How long, in ms, a sender whose request has been answered early may go on sending. If its connection were closed at
 * once, the answer would be lost.
 */
const LAST_WORDS_MS = 5_000

/** Register this after the hooks that know who may upload. The server's own deadline is that of an upload. */
export function cutOffSlowRequests(app: FastifyInstance, { ours, strangers } = REQUEST_MS): void {
  app.decorateRequest('isUploading', false)
  app.addHook('onRequest', async (request) => {
    const { raw, user, routeOptions } = request
    request.isUploading = Boolean(routeOptions.config.isUpload && user)
    if (request.isUploading || raw.complete) return
    const timer = setTimeout(() => raw.complete || raw.destroy(), user ? ours : strangers).unref()
    raw.once('close', () => clearTimeout(timer))
  })
}

/** Closes the connection of a request that was answered before its body was read. */
export function endUnreadRequests(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply) => {
    if (!isUnread(request)) return
    reply.header('connection', 'close')
    endSlowly(request.raw.socket)
    request.raw.resume()
  })
}

function isUnread({ raw, isUploading }: FastifyRequest): boolean {
  return raw.complete === false && !isUploading
}

/**
 * Replaces the method that Node.js calls after the last answer, because that destroys a socket on which bytes are still
 * arriving.
 */
function endSlowly(socket: Socket): void {
  socket.destroySoon = () => {
    socket.end()
    setTimeout(() => socket.destroy(), LAST_WORDS_MS).unref()
  }
}
