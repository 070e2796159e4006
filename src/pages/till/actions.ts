import type { FastifyRequest } from 'fastify'
import { WALK_IN_CUSTOMER } from '../../db/fixed.ts'
import { id } from '../../lib/fields.ts'
import { decimalsOf } from '../../lib/money.ts'
import { plusUnits } from '../../till-screen/amounts.ts'
import type { Cart } from '../../till-screen/cart.ts'
import {
  addProduct,
  emptyCart,
  removeDiscounts,
  removeLine,
  saveLines,
  setCustomer,
  startReturn,
  stopReturn
} from '../../till-screen/change-cart.ts'
import { findPastSale } from '../../till-screen/past-sales.ts'
import { findByCode, findProduct } from '../../till-screen/products.ts'
import { retailerOf } from '../shared/access.ts'
import { readNewProduct, type TillForm } from './till-form.ts'
import { type Look, NOTHING_LOOKED_FOR, type Shown } from './till-page.ts'

interface Pressed {
  request: FastifyRequest
  cart: Cart
  about: string
  form: TillForm
  look: Look
}

type Done = Partial<Pick<Shown, 'look' | 'errors'>> | undefined
type Action = (pressed: Pressed) => Promise<Done>

const withoutCustomer = (look: Look) => ({ ...look, customer: '' })

/** What each button does, by its word. */
export const ACTIONS: Record<string, Action> = {
  pick: async ({ request, cart, about, look }) => {
    const isThere = await setCustomer(request.em, cart, idOf(about))
    return isThere
      ? { look: withoutCustomer(look) }
      : { errors: { customer: 'Someone deleted this customer. Choose another.' } }
  },
  'walk-in': async ({ request, cart, look }) => {
    await setCustomer(request.em, cart, WALK_IN_CUSTOMER)
    return { look: withoutCustomer(look) }
  },
  product: async ({ request, cart, look }) => {
    const product = await findByCode(request.em, look.product, placesOf(request))
    if (!product) return undefined
    await addProduct(request.em, cart, product)
    return { look: { ...look, product: '' } }
  },
  add: async ({ request, cart, about }) => {
    const product = await findProduct(request.em, idOf(about), placesOf(request))
    if (product) await addProduct(request.em, cart, product)
    return undefined
  },
  new: async ({ request, cart, form, look }) => {
    const { product, errors } = readNewProduct(form)
    if (!product) return { errors }
    await addProduct(request.em, cart, product)
    return { look: { ...look, product: '' } }
  },
  more: async ({ request, cart, about }) => step(request, cart, about, 1),
  less: async ({ request, cart, about }) => step(request, cart, about, -1),
  remove: async ({ request, cart, about }) => removeLine(request.em, cart, idOf(about)).then(() => undefined),
  undiscount: async ({ request, cart }) => removeDiscounts(request.em, cart).then(() => undefined),
  clear: async ({ request, cart }) => emptyCart(request.em, cart).then(() => ({ look: NOTHING_LOOKED_FOR })),
  keep: async ({ request, cart, look }) =>
    stopReturn(request.em, cart).then(() => ({ look: { ...look, receipt: '' } })),
  return: async ({ request, cart, about, look }) => {
    const sale = await findPastSale(request.em, about)
    const isLeft = sale && (await startReturn(request.em, cart, sale))
    if (isLeft) return { look: { ...look, receipt: '' } }
    return { errors: { receipt: `Nothing is left to bring back of ${sale?.receipt ?? 'this sale'}.` } }
  }
}

async function step(request: FastifyRequest, cart: Cart, about: string, by: number): Promise<undefined> {
  const line = cart.lines.find(({ number }) => number === idOf(about))
  if (!line) return
  const quantity = plusUnits(line.quantity, by)
  const most = line.leftUnits ?? '999999'
  if (Number(quantity) < 0 || Number(quantity) > Number(most)) return
  if (Number(quantity) === 0 && line.leftUnits === null) await removeLine(request.em, cart, line.number)
  else await saveLines(request.em, cart, [{ ...line, quantity }])
}

const idOf = (about: string) => id.safeParse(about).data ?? 0
const placesOf = (request: FastifyRequest) => decimalsOf(retailerOf(request).currency)
