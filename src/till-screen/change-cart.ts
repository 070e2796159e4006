import { sql } from 'kysely'
import { WALK_IN_CUSTOMER } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { prepared } from '../db/prepared.ts'
import { row, rows } from '../db/rows.ts'
import { RuleError } from '../lib/errors.ts'
import { listLeft } from '../sales/returns.ts'
import type { Cart, CartLine } from './cart.ts'
import type { FoundProduct } from './products.ts'

/** As many as a sale can have. */
const MOST_LINES = 1000

/** Somebody who was deleted meanwhile is nobody: the cart stays as it is. */
export async function setCustomer(em: Em, cart: Cart, customerId: number): Promise<boolean> {
  const set = await row(
    em,
    prepared(sql`
    update cart set customer_id = customer.id from customer
    where cart.id = ${cart.id} and customer.id = ${customerId} returning 1
  `)
  )
  return set !== undefined
}

/** One more of a product; a line of its own if there is none yet, or its price has been changed. */
export async function addProduct(em: Em, cart: Cart, { sku, name, price }: Omit<FoundProduct, 'id'>): Promise<void> {
  if (cart.lines.length >= MOST_LINES) throw new RuleError('A sale can have at most 1,000 lines.')
  await rows(
    em,
    prepared(sql`
    with known as (
      update cart_line set quantity = quantity + 1
      where cart_id = ${cart.id} and sku = ${sku} and name = ${name} and left_units is null returning 1
    )
    insert into cart_line (cart_id, number, sku, name, quantity, price, usual)
    select ${cart.id}, coalesce((select max(number) from cart_line where cart_id = ${cart.id}), 0) + 1, ${sku}, ${name}, 1,
      ${price}::numeric, ${price}::numeric
    where not exists (select from known) and exists (select from cart where id = ${cart.id})
    on conflict do nothing
  `)
  )
}

/** Lines as they were typed. */
export async function saveLines(em: Em, cart: Cart, lines: CartLine[]): Promise<void> {
  if (lines.length === 0) return
  await rows(
    em,
    prepared(sql`
    update cart_line set quantity = typed.quantity, price = typed.price, discount = typed.discount, percent = typed.percent
    from json_to_recordset(${JSON.stringify(lines)}::json) as typed (
      number integer, quantity numeric, price numeric, discount numeric, percent numeric)
    where cart_id = ${cart.id} and cart_line.number = typed.number
  `)
  )
}

export async function removeLine(em: Em, cart: Cart, number: number): Promise<void> {
  await rows(em, prepared(sql`delete from cart_line where cart_id = ${cart.id} and number = ${number}`))
}

/** Takes back whatever was taken off by hand: discounts, and prices below the usual ones. */
export async function removeDiscounts(em: Em, cart: Cart): Promise<void> {
  await rows(
    em,
    sql`
    update cart_line set discount = null, percent = null, price = greatest(price, usual)
    where cart_id = ${cart.id} and left_units is null
  `
  )
}

export async function emptyCart(em: Em, cart: Cart): Promise<void> {
  await rows(
    em,
    sql`
    with emptied as (delete from cart_line where cart_id = ${cart.id})
    update cart set customer_id = ${WALK_IN_CUSTOMER}, returns = null where id = ${cart.id}
  `
  )
}

/**
 * Begins to bring something back of a sale, for its customer: nothing of each product as yet. Another sale's lines give way.
 * @returns false if nothing is left of it.
 */
export async function startReturn(
  em: Em,
  cart: Cart,
  sale: { id: string; customerId: number | null }
): Promise<boolean> {
  const left = await listLeft(em, sale.id)
  if (left.length === 0) return false
  await rows(
    em,
    sql`
    with gone as (
      delete from cart_line where cart_id = ${cart.id} and left_units is not null
    ), named as (
      update cart set returns = ${sale.id}, customer_id = ${sale.customerId ?? WALK_IN_CUSTOMER} where id = ${cart.id}
    ), last as (
      select coalesce(max(number), 0) as number from cart_line where cart_id = ${cart.id}
    )
    insert into cart_line (cart_id, number, sku, name, quantity, left_units, left_money)
    select ${cart.id}, last.number + row_number() over (order by name, sku), sku, name, 0, units, money
    from json_to_recordset(${JSON.stringify(left)}::json) as lines (sku text, name text, units numeric, money numeric), last
  `
  )
  return true
}

/** Brings nothing back after all. */
export async function stopReturn(em: Em, cart: Cart): Promise<void> {
  await rows(
    em,
    sql`
    with gone as (delete from cart_line where cart_id = ${cart.id} and left_units is not null)
    update cart set returns = null where id = ${cart.id}
  `
  )
}
