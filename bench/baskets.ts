import { randomUUID } from 'node:crypto'
import { Dice } from '../src/seed/dice.ts'
import type { Stage } from './stage.ts'

interface Product {
  id: number
  sku: string
  name: string
}

/** A sale, both as the domain function takes it and as the row that bare SQL writes. */
export interface Basket {
  sale: {
    receipt: string
    customerId: number
    soldAt: Date
    lines: { sku: string; name: string; quantity: string; amount: string }[]
    tenders: { cash: string }
  }
  row: unknown[]
}

const MOST_LINES = 5
const DEAREST_CENTS = 3_000

/** Draws the same baskets for the same round, except for their receipt numbers, which are never used twice. */
export async function drawBaskets({ client }: Stage, whom: number[], count: number, round: number): Promise<Basket[]> {
  const { rows: products } = await client.query<Product>('select id, sku, name from product order by id limit 5000')
  const dice = new Dice(round, 'bench')
  return Array.from({ length: count }, (_, place) => {
    dice.for(place)
    return basketOf(whom[dice.whole(whom.length)] ?? 0, drawLines(products, dice))
  })
}

function drawLines(products: Product[], dice: Dice) {
  return Array.from({ length: 1 + dice.whole(MOST_LINES) }, () => {
    const product = products[dice.whole(products.length)]
    if (!product) throw new Error('Nothing to sell')
    return { product, cents: 1 + dice.whole(DEAREST_CENTS) }
  })
}

function basketOf(customerId: number, lines: ReturnType<typeof drawLines>): Basket {
  const receipt = `bench-${randomUUID()}`
  const soldAt = new Date()
  const total = dollars(lines.reduce((sum, { cents }) => sum + cents, 0))
  const sold = lines.map(({ product: { sku, name }, cents }) => ({ sku, name, quantity: '1', amount: dollars(cents) }))
  const columns = [lines.map(({ product }) => product.id), lines.map(() => 1), lines.map(({ cents }) => dollars(cents))]
  return {
    sale: { receipt, customerId, soldAt, lines: sold, tenders: { cash: total } },
    row: [receipt, customerId, soldAt, total, ...columns]
  }
}

const dollars = (cents: number) => (cents / 100).toFixed(2)
