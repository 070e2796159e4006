import type { FastifyReply, FastifyRequest } from 'fastify'
import { decimalsOf, isNegative, isNothing, negated, thousandths } from '../../lib/money.ts'
import { minus, sumOf } from '../../till-screen/amounts.ts'
import type { Cart } from '../../till-screen/cart.ts'
import { pay, type Tenders } from '../../till-screen/pay.ts'
import type { TillBrowser } from '../../till-screen/till-browser.ts'
import { formatOf, retailerOf, signedIn } from '../shared/access.ts'
import { totalOf } from './cart-view.ts'
import { shown } from './shown.ts'
import { isTender, readTenders, type TillForm } from './till-form.ts'
import { type Look, NOTHING_LOOKED_FOR, tillPage } from './till-page.ts'

interface At {
  browser: TillBrowser
  cart: Cart
  look: Look
}

/** A button of one tender takes what the fields of the others leave; Split takes just what was typed. */
export async function takePayment(
  request: FastifyRequest,
  reply: FastifyReply,
  at: At,
  form: TillForm,
  button: string
) {
  const retailer = retailerOf(request)
  const decimals = decimalsOf(retailer.currency)
  const total = totalOf(at.cart, decimals)
  const { tenders, errors } = readTenders(form, retailer)
  const wrong = (sentence: string, field = 'form') =>
    tillPage(request, reply.code(422), { ...at, errors: { [field]: sentence }, typed: form })
  if (Object.keys(errors).length) return tillPage(request, reply.code(422), { ...at, errors, typed: form })
  if (!isShown(form.total, total)) {
    return wrong(`The total is ${formatOf(retailer).money(total)} now. If that is right, take the payment again.`)
  }
  const paying = { browser: at.browser, cashier: signedIn(request).name, now: request.now, decimals }
  const paid = await pay(request.em, at.cart, signed(split(tenders, button, due(total)), total), paying)
  if (paid.result === 'wrong') return wrong(paid.sentence)
  if (paid.result === 'refused') {
    return tillPage(request, reply.code(422), { ...at, refusal: paid.refusal, typed: form })
  }
  return shown(request, reply, { browser: at.browser, look: { ...NOTHING_LOOKED_FOR, sold: at.cart.id } })
}

/** The page said another total before what was typed into its lines was kept. */
const isShown = (text: string, total: string) =>
  /^-?\d+(\.\d{1,3})?$/.test(text) && thousandths(text) === thousandths(total)

const due = (total: string) => (isNegative(total) ? negated(total) : total)

function split(typed: Tenders, button: string, due: string): Tenders {
  if (!isTender(button)) return typed
  const rest = minus(due, sumOf(Object.values({ ...typed, [button]: '0' })))
  return { ...typed, [button]: isNegative(rest) ? typed[button] : rest }
}

/** What is paid out is below 0. */
function signed(tenders: Tenders, total: string): Tenders {
  if (!isNegative(total)) return tenders
  const out = (value: string) => (isNothing(value) ? value : negated(value))
  return {
    cash: out(tenders.cash),
    card: out(tenders.card),
    onAccount: out(tenders.onAccount),
    other: out(tenders.other)
  }
}
