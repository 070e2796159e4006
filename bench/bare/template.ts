import { createFormat } from '../../src/lib/format.ts'

type Money = Parameters<typeof format.money>[0]

/** A row of the leanest SQL. Its columns depend on the page. */
interface Row {
  name: string
  customers?: number
  average?: string | null
  top?: string | null
  total?: number
  everyone?: number
  orders?: number
  spent?: string
  location?: string | null
  grouped?: string
}

/** The values in a row of a page: each as the page shows it, and as a template writes it. */
export type Cells = (row: Row, it: string) => [text: string, value: string][]

/** Formats numbers as the made-up retailer does. */
export const format = createFormat({ country: 'US', locale: 'en-US', currency: 'USD', timeZone: 'America/New_York' })

const ROWS = /<tbody>([\s\S]*)<\/tbody>/
const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const number = (value: number, it: string): [string, string] => [format.number(value), `it.f.number(${it})`]
const money = (value: string | null, it: string): [string, string] => [
  format.money(value as Money),
  `it.f.money(${it})`
]
const text = (value: string | null, it: string): [string, string] => [String(format.text(value)), `it.f.text(${it})`]

export const groupCells: Cells = ({ customers = 0, average = null, top = null }, it) => [
  number(customers, `${it}.customers`),
  money(average, `${it}.average`),
  text(top, `${it}.top`)
]

export const customerCells: Cells = ({ orders = 0, spent = '0', location = null, grouped = '' }, it) => [
  number(orders, `${it}.orders`),
  money(spent, `${it}.spent`),
  text(location, `${it}.location`),
  text(grouped, `${it}.grouped`)
]

/** For a page whose values are not in rows: the bare server sends the whole page as text, which is leaner still. */
export const noCells: Cells = () => []

/**
 * The leanest template of a rendered page: the page's own bytes, with placeholders where values of the database were.
 */
export function templateOf(html: string, rows: Row[], cells: Cells = groupCells): string {
  const [body = ''] = ROWS.exec(html) ?? []
  if (cells === noCells) return html
  const parts = body.split(/(?=<tr[\s>])/).map((part, index) => {
    const row = rows[index - 1]
    return row ? templateOfRow(part, row, `it.rows[${index - 1}]`, cells) : part
  })
  const page = html.replace(body, () => parts.join(''))
  const [first] = rows
  return first?.total === undefined ? page : page.replace(counts(first), () => COUNTS)
}

const counts = ({ total = 0, everyone = 0 }: Row) =>
  `${format.count(total, 'group')}, ${format.count(everyone, 'customer')}`
const COUNTS = `<%= it.f.count(it.rows[0].total, 'group') %>, <%= it.f.count(it.rows[0].everyone, 'customer') %>`

function templateOfRow(part: string, row: Row, it: string, cells: Cells): string {
  const named = part.replaceAll(escaped(row.name), () => `<%= ${it}.name %>`)
  return cells(row, it).reduce(
    (html, [text, value]) => html.replace(`>${escaped(text)}<`, () => `><%= ${value} %><`),
    named
  )
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => ESCAPES[letter] ?? letter)
}
