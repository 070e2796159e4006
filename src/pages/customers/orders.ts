import { z } from 'zod'
import { Customer } from '../../customers/customer.ts'
import { PERIODS } from '../../figures/periods.ts'
import { idParams } from '../../lib/fields.ts'
import { isPastTheEnd, type Page, type Range, rangeOf } from '../../lib/paging.ts'
import { listSales, type PastSale, type SalesSums, sumSales } from '../../sales/history.ts'
import { tidyAddress } from '../../web/url.ts'
import type { App } from '../../web/validation.ts'
import { calendarOf } from '../shared/access.ts'
import { listBefore } from './list-before.ts'
import { Past } from './past.ts'

declare module '../../web/view.ts' {
  interface Views {
    'customers/orders': {
      title: string
      active: 'customers'
      tab: 'orders'
      customer: Customer
      filter: Past
      periods: typeof PERIODS
      sales: Page<PastSale>
      /** Null where adding up would take too long: everyone who leaves no name is one customer. */
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
    const filter = Past.from(`/customers/${customer.id}/orders`, request.query)
    const tidy = filter.hasErrors ? null : tidyAddress(request, reply, filter.placeHref())
    if (tidy) return reply.redirect(tidy, 303)
    const span = filter.span(calendarOf(request))
    const [sales, sums] = await Promise.all([
      listSales(em, customer.id, span, filter.place),
      customer.isWalkIn ? null : sumSales(em, customer.id, span)
    ])
    if (isPastTheEnd(sales, filter.place)) return reply.redirect(filter.href(), 303)
    if (filter.hasErrors) reply.code(422)
    const range = rangeOf(sales, sums && sums.orders + sums.returns)
    const page = {
      customer,
      tab: 'orders' as const,
      filter,
      periods: PERIODS,
      sales,
      sums,
      range,
      back: listBefore(request)
    }
    const title = `Order History of ${customer.name}`
    return reply.page('customers/orders', { title, active: 'customers', ...page }, 'customers/_orders')
  })
}
