import type { FastifyReply, FastifyRequest } from 'fastify'
import { wantsFragment } from './view.ts'

/**
 * A form sends its empty fields too; the address of a list names only what is in force. Says where a whole page should
 * rather be asked for, or null; to htmx it gives the address along with the part.
 */
export function tidyAddress(request: FastifyRequest, reply: FastifyReply, address: string): string | null {
  if (request.url === address) return null
  if (wantsFragment(request)) {
    reply.header('HX-Replace-Url', address)
    return null
  }
  return /=(&|$)/.test(request.url) ? address : null
}

/** The page that htmx asks a part for, as its address without the host. */
export function pageShown({ headers }: FastifyRequest): string | null {
  const page = parsed(headers['hx-current-url'])
  return page && page.pathname + page.search
}

/** The page that a request was made from, if the browser says so. */
export function pageBehind({ headers }: FastifyRequest): URL | null {
  return parsed(headers['hx-current-url'] ?? headers.referer)
}

/** The page of ours that a form was sent from, as its address without the host. */
export function cameFrom(request: FastifyRequest): string | null {
  const page = pageBehind(request)
  return page && page.origin === request.headers.origin ? page.pathname + page.search : null
}

/** The list at a path as it was looked at by whoever comes from there; for others its beginning. */
export function pageBefore(request: FastifyRequest, path: string): string {
  const page = pageBehind(request)
  return page?.pathname === path ? path + page.search : path
}

function parsed(address: unknown): URL | null {
  return typeof address === 'string' && URL.canParse(address) ? new URL(address) : null
}

/** The longest part of a path; tokens are the longest there are. */
export const LONGEST_PART = 200

/**
 * A path that can't be decoded, or has too long a part, Fastify would answer in JSON and before any hook. As a path that
 * names nothing it gets the page for that.
 */
export function readablePath(url: string): string {
  const [path = ''] = url.split('?')
  return isDecodable(path) && path.split('/').every((part) => part.length <= LONGEST_PART) ? url : '/no-such-page'
}

function isDecodable(path: string): boolean {
  try {
    return decodeURIComponent(path) !== ''
  } catch {
    return false
  }
}
