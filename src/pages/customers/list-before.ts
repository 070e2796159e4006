import type { FastifyRequest } from 'fastify'
import { localPath } from '../../lib/fields.ts'
import { refererUrl } from '../../web/url.ts'

const LIST = /^\/(customers|groups\/\d+\/customers)(\?|$)/

/**
 * The list of all customers or of a group's, as it was looked at by whoever comes from there to a customer; the pages of one
 * customer carry it on to each other as `back`. Null for who comes from elsewhere.
 */
export function listBefore(request: FastifyRequest): string | null {
  const from = refererUrl(request)
  const own = new URL(request.url, 'http://localhost').searchParams.get('back')
  const candidates = [own, from && from.pathname + from.search, from?.searchParams.get('back')]
  return candidates.map((one) => localPath.parse(one ?? undefined)).find((one) => one && LIST.test(one)) ?? null
}
