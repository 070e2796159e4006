import { z } from 'zod'
import { Customer } from '../../customers/customer.ts'
import { idParams } from '../../lib/fields.ts'
import type { Page } from '../../lib/paging.ts'
import { type Range, rangeOf } from '../../lib/range.ts'
import { listSales, type PastSale, type SalesSums, sumSales } from '../../sales/history.ts'
import type { App } from '../../web/validation.ts'
import { calendarOf } from '../shared/access.ts'
import { type PeriodLink, periodLinks } from '../shared/periods.ts'
import { showList } from '../shared/show-list.ts'
import { type HistoryFilter, historyFilter, spanOf } from './history-filter.ts'
import { listBefore } from './list-before.ts'

declare module '../../web/view.ts' {
  interface Views {
    'customers/orders': {
      title: string
      active: 'customers'
      tab: 'orders'
      customer: Customer
      filter: HistoryFilter
      path: string
      periods: PeriodLink[]
      sales: Page<PastSale>
      /** Null for the walk-in customer, who has too many sales to add up. */
      sums: SalesSums | null
      range: Range
      back: string | null
    }
  }
}

const history = { schema: { params: idParams, querystring: z.record(z.string(), z.unknown()) } } as const

export async function orderRoutes(app: App) {
  app.get('/customers/:id/orders', history, async (request, reply) => {
    const { em } = request
    const customer = await em.findOneOrFail(Customer, request.params.id)
    const filter = historyFilter(request.query)
    const path = `/customers/${customer.id}/orders`
    return showList(request, reply, {
      filter,
      path,
      find: async () => {
        const span = spanOf(filter, calendarOf(request))
        const [listed, sums] = await Promise.all([
          listSales(em, customer.id, span, filter.place),
          customer.isWalkIn ? null : sumSales(em, customer.id, span)
        ])
        return { listed, sums }
      },
      show: async ({ listed: sales, sums }) => {
        const range = rangeOf(sales, sums && sums.orders + sums.returns)
        const links = { periods: periodsOf(filter, path), back: listBefore(request) }
        const page = { customer, tab: 'orders' as const, filter, path, sales, sums, range, ...links }
        const title = `Order History of ${customer.name}`
        return reply.page('customers/orders', { title, active: 'customers', ...page }, 'customers/_orders')
      }
    })
  })
}

/** The links to periods. Choosing one removes the days that somebody typed. */
function periodsOf(filter: HistoryFilter, path: string): PeriodLink[] {
  const current = filter.panelCount ? undefined : (filter.chosen.days ?? null)
  return periodLinks(current, (days) => filter.href(path, { from: null, to: null, days }))
}
