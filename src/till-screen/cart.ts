import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { prepared } from '../db/prepared.ts'
import { row, rows } from '../db/rows.ts'
import type { Decimal } from '../lib/format.ts'
import type { Typed } from './amounts.ts'
import type { TillBrowser } from './till-browser.ts'

export interface CartLine extends Typed {
  number: number
  sku: string
  name: string
}

/** What is being sold in a browser: the sale that it becomes has its id and its receipt number. */
export interface Cart {
  id: string
  receipt: string
  customerId: number
  /** The sale of which something is brought back. */
  returns: string | null
  /** What the customer's group takes off each line by itself, in percent; null: nothing. */
  automatic: Decimal | null
  lines: CartLine[]
}

type Kept = Cart & { isSold: boolean }

/**
 * The open cart of a browser, begun if there is none. One that was sold, though nobody was told so, gives way to the next.
 */
export async function openCart(em: Em, browser: TillBrowser, now: Date): Promise<Cart> {
  for (let tries = 0; tries < TRIES; tries++) {
    const kept = await readCart(em, browser.id)
    if (kept && !kept.isSold) return kept
    if (kept) await closeCart(em, kept.id)
    await beginCart(em, browser, now)
  }
  throw new Error('A browser has no cart')
}

/** Two windows may begin one at once: then the second finds that of the first. */
const TRIES = 3

async function readCart(em: Em, browserId: number): Promise<Kept | undefined> {
  return row(
    em,
    prepared(sql<Kept>`
    select cart.id, receipt, customer_id as "customerId", returns,
      (
        select automatic_discount::text from primary_membership mine join customer_group on customer_group.id = mine.group_id
        where mine.customer_id = cart.customer_id and automatic_discount > 0 limit 1
      ) as automatic,
      exists (select from sale_key where sale_key.id = cart.id) as "isSold",
      (
        select coalesce(json_agg(json_build_object('number', number, 'sku', sku, 'name', name, 'quantity', quantity::text,
          'price', price::text, 'usual', usual::text, 'discount', discount::text, 'percent', percent::text,
          'leftUnits', left_units::text, 'leftMoney', left_money::text) order by number), '[]')
        from cart_line where cart_id = cart.id
      ) as lines
    from cart where browser_id = ${browserId}
  `)
  )
}

/** Numbers have gaps: one that is given to a cart which another window has begun is nobody's. */
async function beginCart(em: Em, { id, till }: TillBrowser, now: Date): Promise<void> {
  await rows(
    em,
    prepared(sql`
    with ${numbered(till.id)}
    insert into cart (id, browser_id, receipt, begun_at)
    select ${randomUUID()}::uuid, ${id}, receipt, ${now} from numbered
    on conflict (browser_id) do nothing
  `)
  )
}

/** Gives a cart another receipt number, as a program at the same till has used its own. */
export async function renumber(em: Em, cart: Cart, tillId: number): Promise<Cart> {
  const renumbered = await row(
    em,
    sql<{ receipt: string }>`
    with ${numbered(tillId)}
    update cart set receipt = numbered.receipt from numbered where cart.id = ${cart.id} returning cart.receipt
  `
  )
  return { ...cart, receipt: renumbered?.receipt ?? cart.receipt }
}

/** The next receipt number of a till: T-000001 and on. */
const numbered = (tillId: number) => sql`
  counted as (
    insert into till_receipt (till_id, last) values (${tillId}, 1)
    on conflict (till_id) do update set last = till_receipt.last + 1 returning last
  ), numbered as (
    select 'T-' || lpad(last::text, greatest(6, length(last::text)), '0') as receipt from counted
  )
`

export async function closeCart(em: Em, id: string): Promise<void> {
  await rows(em, prepared(sql`delete from cart where id = ${id}`))
}
