import type { FastifyReply, FastifyRequest } from 'fastify'
import { CustomerFilter } from '../../customers/list/index.ts'
import { listTargets, type Target } from '../../groups/targets.ts'
import { Refusal } from '../../lib/errors.ts'
import { line } from '../../lib/fields.ts'
import { retailerOf } from '../shared/access.ts'

export type Purpose = 'add' | 'remove'

declare module '../../web/view.ts' {
  interface Views {
    'customers/bulk': {
      title: string
      active: 'customers'
      purpose: Purpose
      /** The filter of the list that the user came from. The picker continues with it. */
      filter: CustomerFilter
      path: string
      find: string
      targets: Target[]
      hasMore: boolean
    }
  }
}

const found = line('The search', 80).catch('')
const MOST_SHOWN = 50

/**
 * The page of Add to group and of Remove from group, from a list of customers. It asks for the group; the group's
 * picker then asks for the customers.
 */
export async function bulkPage(
  request: FastifyRequest,
  reply: FastifyReply,
  purpose: Purpose,
  query: Record<string, unknown>
) {
  const filter = CustomerFilter.from(query, retailerOf(request))
  const [mistake] = Object.values(filter.errors)
  if (mistake) throw new Refusal(422, mistake)
  const find = found.parse(query.find)
  const targets = await listTargets(request.em, purpose, find, MOST_SHOWN + 1)
  const shown = { targets: targets.slice(0, MOST_SHOWN), hasMore: targets.length > MOST_SHOWN }
  const title = purpose === 'add' ? 'Add Customers to a Group' : 'Remove Customers from a Group'
  const path = `/customers/${purpose}`
  return reply.page(
    'customers/bulk',
    { title, active: 'customers', purpose, filter, path, find, ...shown },
    'customers/_targets'
  )
}
