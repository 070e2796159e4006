import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyRequest {
    /** Somebody who may is sending a file. */
    isUploading: boolean
  }
}

/** A slow or stuck client is cut off: a whole request within this, unless it is an upload. */
const REQUEST_MS = { ours: 120_000, strangers: 20_000 }
export const UPLOAD_MS = 60 * 60 * 1000

/** So long a sender whom we no longer listen to may go on: closed at once, a connection takes our answer with it. */
const LAST_WORDS_MS = 5_000

/** To be asked last of all, when it is known who may upload. The server's own deadline is that of an upload. */
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

/** Whoever is answered before their body has been read is not listened to any further. */
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

/** Instead of what Node.js calls once a last answer has been written: it destroys the socket over bytes that are still coming in. */
function endSlowly(socket: Socket): void {
  socket.destroySoon = () => {
    socket.end()
    setTimeout(() => socket.destroy(), LAST_WORDS_MS).unref()
  }
}
