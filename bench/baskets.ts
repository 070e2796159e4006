import { randomUUID } from 'node:crypto'
import { Dice } from '../src/seed/dice.ts'
import type { Stage } from './stage.ts'
import type { TillRequest } from './till-load.ts'
import type { BenchTill } from './tills.ts'

interface Product {
  id: number
  sku: string
  name: string
}

/** A sale, both as a till posts it and as the row that bare SQL writes. */
export interface Basket {
  request: TillRequest
  row: unknown[]
}

const LINES = 3
const DEAREST_CENTS = 3_000

/** Draws the same baskets for the same round, except for their ids and receipt numbers, which are never used twice. */
export async function drawBaskets(
  { client }: Stage,
  tills: BenchTill[],
  whom: number[],
  count: number,
  round: number
): Promise<Basket[]> {
  const { rows: products } = await client.query<Product>('select id, sku, name from product order by id limit 5000')
  const dice = new Dice(round, 'bench')
  return Array.from({ length: count }, (_, place) => {
    dice.for(place)
    const till = tills[place % tills.length]
    if (!till) throw new Error('There are no tills')
    return basketOf(till, whom[dice.whole(whom.length)] ?? 0, drawLines(products, dice))
  })
}

function drawLines(products: Product[], dice: Dice) {
  return Array.from({ length: LINES }, () => {
    const product = products[dice.whole(products.length)]
    if (!product) throw new Error('Nothing to sell')
    return { product, cents: 1 + dice.whole(DEAREST_CENTS) }
  })
}

function basketOf({ id: till, key }: BenchTill, customer: number, lines: ReturnType<typeof drawLines>): Basket {
  const id = randomUUID()
  const receipt = `bench-${id}`
  const soldAt = new Date().toISOString()
  const total = dollars(lines.reduce((sum, { cents }) => sum + cents, 0))
  const sold = lines.map(({ product: { sku, name }, cents }) => ({ sku, name, quantity: '1', amount: dollars(cents) }))
  const body = { id, receipt, customer_id: customer, sold_at: soldAt, lines: sold, tenders: { cash: total } }
  const columns = [lines.map(({ product }) => product.id), lines.map(() => 1), lines.map(({ cents }) => dollars(cents))]
  return {
    request: { method: 'POST', path: '/api/v1/sales', key, body: JSON.stringify(body) },
    row: [id, till, receipt, customer, soldAt, total, ...columns]
  }
}

const dollars = (cents: number) => (cents / 100).toFixed(2)
