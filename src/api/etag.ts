import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Answers a single thing with a tag of its content; 304 to whoever has it already. */
export function tagged<Body>(request: FastifyRequest, reply: FastifyReply, body: Body) {
  const text = JSON.stringify(body)
  const tag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`
  reply.header('etag', tag).header('cache-control', 'private, no-cache')
  const known = request.headers['if-none-match']?.split(',').map((one) => one.trim().replace(/^W\//, ''))
  if (known?.some((one) => one === tag || one === '*')) return reply.code(304).send()
  return reply.type('application/json; charset=utf-8').send(text)
}
