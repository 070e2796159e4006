import { type Calendar, calendarTo } from './calendar.ts'
import { Dice } from './dice.ts'
import type { Options } from './options.ts'
import { type Product, productChooser } from './products.ts'
import { money, quantity } from './text.ts'
import { NAMELESS, type Visits } from './visits.ts'

export const SALE_COLUMNS = 'sale (id, uuid, till_id, receipt, customer_id, sold_at, total, card, on_account)'
export const LINE_COLUMNS = 'sale_line (sale_id, number, customer_id, product_id, quantity, amount)'

/** The chance of a return when a customer has something to bring back. */
const RETURNS = 0.05

/** The average number of lines. After each line, another follows with the same chance. */
export const LINES_PER_SALE = 2.7
const ANOTHER_LINE = 1 - 1 / LINES_PER_SALE
const MOST_LINES = 40

/** Each has one till. */
export const STORES = 60

interface Line {
  product: number
  thousandths: number
  cents: number
}

export interface Sale {
  id: number
  customer: number
  second: number
  isReturn: boolean
  lines: Line[]
  cents: number
}

/** Draws all sales in order of time. Each call draws the same ones again. */
export function* drawSales(options: Options, { all, visitors }: Visits): Generator<Sale> {
  const fill = basketFiller(options)
  const dice = new Dice(options.seed, 'return')
  // The last sale of each customer of which nothing has been brought back; 0 if there is none.
  const kept = new Int32Array(visitors)
  for (let id = 1; id <= all.length; id++) {
    const visit = all[id - 1] ?? 0
    const customer = visit % visitors
    const bought = customer === NAMELESS ? 0 : (kept[customer] ?? 0)
    const isReturn = bought > 0 && dice.for(id).happens(RETURNS)
    const lines = isReturn ? broughtBack(fill(bought), dice) : fill(id)
    kept[customer] = isReturn ? 0 : id
    const cents = lines.reduce((sum, line) => sum + line.cents, 0)
    yield { id, customer, second: Math.floor(visit / visitors), isReturn, lines, cents }
  }
}

function basketFiller(options: Options): (sale: number) => Line[] {
  const choose = productChooser(options)
  const dice = new Dice(options.seed, 'basket')
  return (sale) => {
    dice.for(sale)
    const lines = [lineOf(choose(dice), dice)]
    while (lines.length < MOST_LINES && dice.happens(ANOTHER_LINE)) lines.push(lineOf(choose(dice), dice))
    return lines
  }
}

function lineOf({ id, cents, isWeighed }: Product, dice: Dice): Line {
  const thousandths = isWeighed ? 80 + dice.whole(2_500) : 1000 * (dice.happens(0.8) ? 1 : 2 + dice.whole(5))
  return { product: id, thousandths, cents: Math.round((cents * thousandths) / 1000) }
}

/** The lines of a return: all that was bought, or only the first line. */
function broughtBack(lines: Line[], dice: Dice): Line[] {
  const some = dice.happens(0.5) ? lines : lines.slice(0, 1)
  return some.map(({ product, thousandths, cents }) => ({ product, thousandths: -thousandths, cents: -cents }))
}

/** Yields the rows of all sales. `enter` is told of each sale and returns how many of its cents go on account. */
export function* saleRows(options: Options, visits: Visits, enter: (sale: Sale) => number): Generator<string> {
  const calendar = calendarTo(options.today)
  for (const sale of drawSales(options, visits)) yield saleRow(sale, enter(sale), calendar)
}

function saleRow({ id, customer, second, cents }: Sale, onAccount: number, calendar: Calendar): string {
  const store = 1 + ((id * 7919) % STORES)
  const receipt = `${String(store).padStart(2, '0')}-${String(id).padStart(8, '0')}`
  const uuid = `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`
  return `${id}\t${uuid}\t${store}\t${receipt}\t${customer || '\\N'}\t${calendar.moment(second)}\t${money(cents)}\t${money(cents - onAccount)}\t${money(onAccount)}\n`
}

export function* lineRows(options: Options, visits: Visits): Generator<string> {
  for (const { id, customer, lines } of drawSales(options, visits)) {
    for (const [place, { product, thousandths, cents }] of lines.entries()) {
      yield `${id}\t${place + 1}\t${customer || '\\N'}\t${product}\t${quantity(thousandths)}\t${money(cents)}\n`
    }
  }
}
