import { createFormat } from '../../src/web/format.ts'

interface ListedGroup {
  name: string
  customers: number
  average: string | null
  top: string | null
  total: number
  everyone: number
}

/** How the made-up retailer writes numbers. */
export const format = createFormat({ country: 'US', locale: 'en-US', currency: 'USD', timeZone: 'America/New_York' })

const ROWS = /<tbody>([\s\S]*)<\/tbody>/
const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** The leanest template of a page that was rendered: its own bytes, and where a value of the database stood, that value. */
export function templateOf(html: string, groups: ListedGroup[]): string {
  const [body = ''] = ROWS.exec(html) ?? []
  const rows = body.split(/(?=<tr>)/).map((row, index) => {
    const group = groups[index - 1]
    return group ? templateOfRow(row, group, `it.rows[${index - 1}]`) : row
  })
  const counts = ({ total, everyone }: ListedGroup) =>
    `${format.count(total, 'group')}, ${format.count(everyone, 'customer')}`
  const page = html.replace(body, () => rows.join(''))
  const [first] = groups
  return first ? page.replace(counts(first), () => COUNTS) : page
}

const COUNTS = `<%= it.f.count(it.rows[0].total, 'group') %>, <%= it.f.count(it.rows[0].everyone, 'customer') %>`

function templateOfRow(row: string, { name, customers, average, top }: ListedGroup, it: string): string {
  const cells: [string, string][] = [
    [format.number(customers), `it.f.number(${it}.customers)`],
    [format.money(average as Parameters<typeof format.money>[0]), `it.f.money(${it}.average)`],
    [String(format.text(top)), `it.f.text(${it}.top)`]
  ]
  const named = row.replaceAll(escaped(name), () => `<%= ${it}.name %>`)
  return cells.reduce((html, [text, value]) => html.replace(`>${escaped(text)}<`, () => `><%= ${value} %><`), named)
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => ESCAPES[letter] ?? letter)
}
