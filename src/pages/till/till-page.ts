import type { FastifyReply, FastifyRequest } from 'fastify'
import { CustomerFilter, listPage } from '../../customers/list/index.ts'
import { WALK_IN_CUSTOMER } from '../../db/fixed.ts'
import { countEveryone } from '../../figures/queries.ts'
import type { FieldErrors } from '../../lib/field-errors.ts'
import { decimalsOf } from '../../lib/money.ts'
import { withQuery } from '../../lib/url.ts'
import type { Refusal } from '../../sales/judge.ts'
import type { Cart } from '../../till-screen/cart.ts'
import { findByReceipt, findPastSale, type PastSale } from '../../till-screen/past-sales.ts'
import { type FoundProduct, findProducts } from '../../till-screen/products.ts'
import { IDLE_MINUTES, type TillBrowser } from '../../till-screen/till-browser.ts'
import { calendarOf, retailerOf } from '../shared/access.ts'
import { type Buyer, findBuyer } from './buyer.ts'
import { type CartView, cartView } from './cart-view.ts'

/** What is looked for on the screen, and what was just sold: its address says it. */
export interface Look {
  customer: string
  product: string
  receipt: string
  /** The id of the sale that has just been recorded. */
  sold: string | null
}

interface FoundCustomer {
  id: number
  name: string
  phone: string | null
  email: string | null
  group: string
}

export interface TillPage {
  title: string
  active: 'till'
  /** Without the places beside the page. */
  bare: true
  /** Without scripts the page asks again once it is to be locked. */
  refresh: { seconds: number }
  browser: TillBrowser
  cart: CartView
  buyer: Buyer
  look: Look
  /** Null where nobody is searched for. */
  found: { customers: FoundCustomer[]; newcomer: string } | null
  products: FoundProduct[]
  /** The sale whose receipt was asked for. */
  past: PastSale | null
  sold: PastSale | null
  refusal: Refusal | null
  errors: FieldErrors
}

declare module '../../web/view.ts' {
  interface Views {
    'till/index': TillPage
    'till/_found': Pick<TillPage, 'found' | 'look'>
    'till/_products': Pick<TillPage, 'products' | 'look'>
  }
}

export const NOTHING_LOOKED_FOR: Look = { customer: '', product: '', receipt: '', sold: null }

export const lookHref = ({ customer, product, receipt, sold }: Look) =>
  withQuery('/till', { customer: customer || null, product: product || null, receipt: receipt || null, sold })

export interface Shown {
  browser: TillBrowser
  cart: Cart
  look: Look
  refusal?: Refusal | null
  errors?: FieldErrors
  /** What was typed into fields that can't be read. */
  typed?: Record<string, unknown>
}

export async function tillPage(request: FastifyRequest, reply: FastifyReply, shown: Shown) {
  const { em } = request
  const { browser, cart, look, refusal = null, errors = {}, typed = {} } = shown
  const retailer = retailerOf(request)
  const [buyer, found, products, past, sold] = await Promise.all([
    findBuyer(request, cart.customerId),
    look.customer ? findCustomers(request, look.customer) : null,
    findTillProducts(request, look.product),
    look.receipt ? findReceipt(request, browser, look.receipt) : null,
    look.sold ? findPastSale(em, look.sold) : null
  ])
  const page: TillPage = {
    title: 'Till',
    active: 'till',
    bare: true,
    refresh: { seconds: IDLE_MINUTES * 60 + 1 },
    browser,
    cart: cartView(cart, retailer, typed),
    buyer,
    look,
    found,
    products,
    past,
    sold: sold ?? null,
    refusal,
    errors
  }
  return reply.page('till/index', page, 'till/_till')
}

export function findTillProducts(request: FastifyRequest, q: string): Promise<FoundProduct[]> {
  return findProducts(request.em, q, decimalsOf(retailerOf(request).currency))
}

const MOST_FOUND = 8

/** As on the list of customers, the best first. */
export async function findCustomers(request: FastifyRequest, q: string): Promise<TillPage['found']> {
  const { em } = request
  const path = '/till/customers'
  const filter = CustomerFilter.from({ q }, retailerOf(request))
  const list = { conditions: [], within: [], except: [WALK_IN_CUSTOMER], everyone: await countEveryone(em) }
  const { customers } = await listPage(em, { path, filter, day: calendarOf(request), list })
  const found = customers.rows
    .slice(0, MOST_FOUND)
    .map(({ id, name, phone, email, group }) => ({ id, name, phone, email, group }))
  return { customers: found, newcomer: withQuery('/till/new-customer', { q }) }
}

async function findReceipt({ em }: FastifyRequest, { till }: TillBrowser, receipt: string): Promise<PastSale | null> {
  return (await findByReceipt(em, till.id, receipt)) ?? null
}
