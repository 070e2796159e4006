import { z } from 'zod'
import type { App } from '../../web/validation.ts'
import { wantsFragment } from '../../web/view.ts'
import { search } from './till-form.ts'
import { findCustomers, findTillProducts, lookHref, NOTHING_LOOKED_FOR } from './till-page.ts'

const looked = { schema: { querystring: z.object({ customer: search, product: search }) } } as const

/** What the two searches find while somebody types; a whole page of it is the screen. */
export function searchRoutes(app: App): void {
  app.get('/till/customers', looked, async (request, reply) => {
    const look = { ...NOTHING_LOOKED_FOR, ...request.query }
    if (!wantsFragment(request)) return reply.redirect(lookHref(look), 303)
    const found = look.customer ? await findCustomers(request, look.customer) : null
    return reply.page('till/_found', { found, look }, 'till/_found')
  })

  app.get('/till/products', looked, async (request, reply) => {
    const look = { ...NOTHING_LOOKED_FOR, ...request.query }
    if (!wantsFragment(request)) return reply.redirect(lookHref(look), 303)
    const products = await findTillProducts(request, look.product)
    return reply.page('till/_products', { products, look }, 'till/_products')
  })
}
