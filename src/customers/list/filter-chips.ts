/** The chips above a customer list: each condition of its filter in words, with the address of the list without it. */
import type { Format } from '../../lib/format.ts'
import type { CustomerFilter } from './filter.ts'
import type { Field } from './filter-fields.ts'

export interface Chip {
  /** The field that it is a value of. */
  name?: string
  label: string
  /** The same list without this condition. */
  href: string
}

export function chipsOf(filter: CustomerFilter, path: string, f: Format): Chip[] {
  const words: Record<Field, (value: string) => string> = {
    q: (value) => `“${value}”`,
    group: (value) => `Group: ${value}`,
    location: (value) => `Location: ${value}`,
    gender: (value) => `Gender: ${value.replace('-', ' ')}`,
    'age-from': (value) => `Age: ${value} or more`,
    'age-to': (value) => `Age: ${value} or less`,
    'orders-from': (value) => `Total orders: ${f.number(value)} or more`,
    'orders-to': (value) => `Total orders: ${f.number(value)} or less`,
    'spent-from': (value) => `Total spent: ${f.money(value)} or more`,
    'spent-to': (value) => `Total spent: ${f.money(value)} or less`,
    'ordered-within': (value) => `Last order: within ${f.count(Number(value), 'day')}`,
    'not-ordered-within': (value) => `Last order: not within ${f.count(Number(value), 'day')}`,
    'since-from': (value) => `Customer since: ${f.date(value)} or later`,
    'since-to': (value) => `Customer since: ${f.date(value)} or earlier`
  }
  return Object.entries(filter.params).map(([name, value]) => ({
    name,
    label: words[name as Field](value),
    href: filter.href(path, { [name]: null })
  }))
}
