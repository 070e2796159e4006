import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { prepared } from '../db/prepared.ts'
import { rows } from '../db/rows.ts'
import type { Decimal } from '../lib/format.ts'
import { thousandths } from '../lib/money.ts'
import { isReturned, type Line, type Sale } from './sale.ts'

/** What was sold of a product in one sale, and what of it has been brought back since: in thousandths of a unit and of money. */
interface Returnable {
  units: bigint
  money: bigint
}

/** What can still be brought back of a sale, by product. */
export type Remainder = Map<string, Returnable>

interface Row {
  id: string
  sku: string | null
  name: string | null
  units: Decimal
  money: Decimal
}

/**
 * What is left to bring back of the sales that these sales name: all that they sold, less all that was brought back of them.
 * @returns by the id of the sale that is brought back; one that does not exist is left out.
 */
export async function findRemainders(em: Em, sales: Sale[]): Promise<Map<string, Remainder>> {
  const originals = sales.flatMap(({ returns }) => returns ?? [])
  if (originals.length === 0) return new Map()
  const remainders = new Map<string, Remainder>()
  for (const { id, sku, name, units, money } of await readLeft(em, originals)) {
    const remainder = remainders.get(id) ?? new Map<string, Returnable>()
    if (sku !== null && name !== null) {
      remainder.set(keyOf({ sku, name }), { units: thousandths(units), money: thousandths(money) })
    }
    remainders.set(id, remainder)
  }
  return remainders
}

/** A product of a sale, and what of it can still be brought back. */
export interface Left {
  sku: string
  name: string
  units: Decimal
  money: Decimal
}

/** What can still be brought back of one sale, without the products of which nothing is left. */
export async function listLeft(em: Em, saleId: string): Promise<Left[]> {
  const found = await readLeft(em, [saleId])
  return found.filter((one): one is Row & Left => one.sku !== null && thousandths(one.units) > 0n)
}

async function readLeft(em: Em, originals: string[]): Promise<Row[]> {
  return rows(
    em,
    prepared(sql<Row>`
    select asked.id, product.sku, product.name,
      coalesce(sold.units - coalesce(back.units, 0), 0)::text as units, coalesce(sold.money - coalesce(back.money, 0), 0)::text as money
    from (select distinct value::uuid as id from json_array_elements_text(${JSON.stringify(originals)}::json)) asked
    cross join lateral (select sale_id from sale_key where id = asked.id limit 1) original
    left join lateral (
      select product_id, sum(quantity) as units, sum(amount) as money
      from sale_line where sale_id = original.sale_id and quantity > 0 group by product_id
    ) sold on true
    left join lateral (
      select -sum(line.quantity) as units, -sum(line.amount) as money
      from sale join sale_line line on line.sale_id = sale.id
      where sale.returns = asked.id and line.product_id = sold.product_id and line.quantity < 0
    ) back on true
    left join product on product.id = sold.product_id
  `)
  )
}

/** A product of which more is brought back than is left, and what is left of it; null if it was not sold at all. */
export interface Excess {
  name: string
  left: Returnable | null
}

/** The first of these, in units or in money; undefined if there is none. */
export function findExcess(lines: Line[], remainder: Remainder): Excess | undefined {
  const left = new Map([...remainder].map(([key, { units, money }]) => [key, { units, money }]))
  const over = lines.filter(isReturned).find((line) => {
    const rest = left.get(keyOf(line))
    if (!rest) return true
    rest.units += thousandths(line.quantity)
    rest.money += thousandths(line.amount)
    return rest.units < 0n || rest.money < 0n
  })
  return over && { name: over.name, left: remainder.get(keyOf(over)) ?? null }
}

const keyOf = ({ sku, name }: Pick<Line, 'sku' | 'name'>) => JSON.stringify([sku, name])
