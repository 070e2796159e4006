import { z } from 'zod'
import { id, LARGEST_ID, localPath } from '../lib/fields.ts'
import { describeList } from '../lib/list-description.ts'
import { ListFilter } from '../lib/list-filter.ts'
import type { Page } from '../lib/paging.ts'
import { type Range, rangeOf } from '../lib/range.ts'
import { countOpen, listReview, type ReviewItem, settle } from '../sales/review.ts'
import { listShopChoices } from '../tills/queries.ts'
import type { App } from '../web/validation.ts'
import { actorOf } from './shared/access.ts'
import { showList } from './shared/show-list.ts'

declare module '../web/view.ts' {
  interface Views {
    'review/index': {
      title: string
      active: 'review'
      filter: ReviewFilter
      path: string
      items: Page<ReviewItem>
      range: Range
      /** How many nobody has settled, in all shops. */
      open: number
      shops: { id: number; name: string }[]
      reasons: typeof REASONS
    }
  }
}

/** Why something stands in To review, in words. */
const REASONS: Record<string, string> = {
  'purchase-restricted': 'Purchases restricted',
  'on-account-not-allowed': 'No on-account sale',
  'manual-discount-not-allowed': 'No manual discounts',
  'manual-discount-too-large': 'Manual discount too large',
  'customer-unknown': 'Customer unknown',
  'sale-unknown': 'Sale unknown',
  'returned-too-much': 'Returned too much',
  'return-without-sale': 'Return without its sale',
  'receipt-taken': 'Receipt number taken',
  'sale-of-another-till': 'Sale of another till',
  'idempotency-key-reused': 'Id of another sale',
  invalid: 'Not a valid sale'
}

const optional = <T extends z.ZodType>(type: T) =>
  z.preprocess((value) => (typeof value === 'string' ? value.trim() || undefined : undefined), type.optional())

const LIST = describeList({
  fields: {
    settled: optional(z.literal('show').optional().catch(undefined)),
    shop: optional(id.optional().catch(LARGEST_ID))
  },
  choices: {},
  contradictions: () => ({}),
  words: { settled: () => 'Settled', shop: (name) => `Shop: ${name}` }
})

const reviewFilter = (query: Record<string, unknown>) => new ListFilter(LIST, query)
type ReviewFilter = ReturnType<typeof reviewFilter>

/** Those of all that are shown, as one field: "3,2,1". */
const listedIds = z
  .string()
  .regex(/^\d{1,10}(,\d{1,10}){0,99}$/)
  .transform((text) => text.split(',').map(Number))
  .catch([])

const managers = { role: 'manager' as const }
const list = { config: managers, schema: { querystring: z.record(z.string(), z.unknown()) } } as const
const settled = z.object({
  all: listedIds,
  one: id.optional().catch(undefined),
  to: z.enum(['settled', 'open']),
  back: localPath
})
const change = { config: managers, schema: { body: settled } } as const

/** What tills told that policy would have refused: for managers to look at, and to settle. */
export async function reviewRoutes(app: App) {
  app.get('/review', list, async (request, reply) => {
    const { em } = request
    const filter = reviewFilter(request.query)
    const path = '/review'
    const { settled: shown, shop } = filter.values
    return showList(request, reply, {
      filter,
      path,
      find: async () => {
        const scope = { isSettled: shown === 'show', shopId: shop }
        const [listed, open, shops] = await Promise.all([
          listReview(em, scope, filter.place),
          countOpen(em),
          listShopChoices(em)
        ])
        return { listed, open, shops }
      },
      show: async ({ listed: items, open, shops }) => {
        const page = { filter, path, items, open, shops, range: rangeOf(items, null), reasons: REASONS }
        return reply.page('review/index', { title: 'To review', active: 'review', ...page }, 'review/_list')
      }
    })
  })

  app.post('/review', change, async (request, reply) => {
    const { all, one, to, back = '/review' } = request.body
    const count = await settle(request.em, one === undefined ? all : [one], to === 'settled', actorOf(request))
    const notes = count === 1 ? '1 note is' : `${count} notes are`
    return reply.seeOther(back, `${notes} ${to === 'settled' ? 'settled' : 'open again'}.`)
  })
}
