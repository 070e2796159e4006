import type { FastifyReply, FastifyRequest } from 'fastify'
import { wantsFragment } from './view.ts'

/**
 * A form sends its empty fields too, but a list's address names only filters that are in use. Returns the address to
 * redirect a whole page to, or null. A request of htmx gets the tidy address in a header of its answer.
 */
export function tidyAddress(request: FastifyRequest, reply: FastifyReply, address: string): string | null {
  if (request.url === address) return null
  if (wantsFragment(request)) {
    reply.header('HX-Replace-Url', address)
    return null
  }
  return /=(&|$)/.test(request.url) ? address : null
}

/** The path and query of the page on which htmx made the request. */
export function htmxPagePath({ headers }: FastifyRequest): string | null {
  const page = parsed(headers['hx-current-url'])
  return page && page.pathname + page.search
}

/** The page from which a request was made, if the browser tells. */
export function refererUrl({ headers }: FastifyRequest): URL | null {
  return parsed(headers['hx-current-url'] ?? headers.referer)
}

/** The path and query of this server's page from which a form was sent. */
export function refererPath(request: FastifyRequest): string | null {
  const page = refererUrl(request)
  return page && page.origin === request.headers.origin ? page.pathname + page.search : null
}

/** The address of a list at `path` as the user last saw it, if they come from there; otherwise its first page. */
export function lastListUrl(request: FastifyRequest, path: string): string {
  const page = refererUrl(request)
  return page?.pathname === path ? path + page.search : path
}

function parsed(address: unknown): URL | null {
  return typeof address === 'string' && URL.canParse(address) ? new URL(address) : null
}

/** The longest part of a path. Tokens are the longest parts. */
export const LONGEST_PART = 200

/**
 * Fastify would answer a path that can't be decoded, or that has too long a part, in its own words and before any hook.
 * Such a path is replaced by one that does not exist, so that people get the page for that, and programs the problem.
 */
export function readablePath(url: string): string {
  const [path = ''] = url.split('?')
  if (isDecodable(path) && path.split('/').every((part) => part.length <= LONGEST_PART)) return url
  return path.startsWith('/api/v1/') ? '/api/v1/no-such-address' : '/no-such-page'
}

function isDecodable(path: string): boolean {
  try {
    return decodeURIComponent(path) !== ''
  } catch {
    return false
  }
}
