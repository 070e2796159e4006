import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FieldErrors } from '../../lib/field-errors.ts'
import { type Cart, openCart } from '../../till-screen/cart.ts'
import { saveLines } from '../../till-screen/change-cart.ts'
import { findPastSale } from '../../till-screen/past-sales.ts'
import type { TillBrowser } from '../../till-screen/till-browser.ts'
import { retailerOf } from '../shared/access.ts'
import { ACTIONS } from './actions.ts'
import { takePayment } from './payment.ts'
import { shown } from './shown.ts'
import { readLines, type TillForm } from './till-form.ts'
import { lookHref, NOTHING_LOOKED_FOR, tillPage } from './till-page.ts'

interface At {
  browser: TillBrowser
  cart: Cart
}

/** Every button of the screen: what was typed is kept first, so that nothing is lost on the way. */
export async function act(request: FastifyRequest, reply: FastifyReply, { browser, cart }: At, form: TillForm) {
  const { em } = request
  if (form.cart !== cart.id) return earlier(request, reply, form)
  const errors = await keepTyped(request, cart, form)
  const kept = { browser, cart: await openCart(em, browser, request.now) }
  // Another click has sold it since.
  if (kept.cart.id !== form.cart) return earlier(request, reply, form)
  const look = { customer: form.customer, product: form.product, receipt: form.receipt, sold: null }
  if (Object.keys(errors).length) {
    return tillPage(request, reply.code(422), { ...kept, look, errors, typed: form })
  }
  const [name = '', about = ''] = buttonOf(form)
  if (name in PAYMENTS) return takePayment(request, reply, { ...kept, look }, form, name)
  const done = (await ACTIONS[name]?.({ request, cart: kept.cart, about, form, look })) ?? { look }
  return shown(request, reply, { browser, look, typed: form, ...done })
}

const PAYMENTS = { cash: true, card: true, onAccount: true, other: true, split: true }

/** What was typed into the lines, as far as it can be read. */
export async function keepTyped(request: FastifyRequest, cart: Cart, form: TillForm): Promise<FieldErrors> {
  if (form.cart !== cart.id) return {}
  const { lines, errors } = readLines(form, cart, retailerOf(request))
  await saveLines(request.em, cart, lines)
  return errors
}

/** The Enter key means the search that has changed, as no button was pressed. */
function buttonOf(form: TillForm): string[] {
  if (form.do !== 'enter') return /^([\w-]+)(?::(.*))?$/.exec(form.do)?.slice(1) ?? []
  if (form.product !== form.productWas) return ['product']
  if (form.customer !== form.customerWas) return ['customer']
  return form.receipt ? ['receipt'] : ['save']
}

/** A page from before: its cart was sold, and is shown so once more; or somebody untied the till since. */
async function earlier(request: FastifyRequest, reply: FastifyReply, form: TillForm) {
  const sold = form.cart ? await findPastSale(request.em, form.cart) : undefined
  if (sold) return reply.seeOther(lookHref({ ...NOTHING_LOOKED_FOR, sold: sold.id }))
  const text = 'This till has gone on to another sale, so nothing was changed. Look at the cart and try again.'
  return reply.seeOther('/till', { text, tone: 'error' })
}
