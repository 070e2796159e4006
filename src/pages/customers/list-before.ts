import type { FastifyRequest } from 'fastify'
import { localPath } from '../../lib/fields.ts'
import { refererUrl } from '../../web/url.ts'

const LIST = /^\/(customers|groups\/\d+\/customers)(\?|$)/

/**
 * The list of customers that the user came from, with its filter: that of all customers or of a group. The pages of one
 * customer pass it on to each other as `back`. Null if the user came from elsewhere.
 */
export function listBefore(request: FastifyRequest): string | null {
  const from = refererUrl(request)
  const own = new URL(request.url, 'http://localhost').searchParams.get('back')
  const candidates = [own, from && from.pathname + from.search, from?.searchParams.get('back')]
  return candidates.map((one) => localPath.parse(one ?? undefined)).find((one) => one && LIST.test(one)) ?? null
}
