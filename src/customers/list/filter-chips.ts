/** The conditions of a customer list's filter in words, for its chips. */
import type { Format } from '../../lib/format.ts'
import type { Field } from './filter-fields.ts'

export const words: Record<Field, (value: string, f: Format) => string> = {
  q: (value) => `“${value}”`,
  group: (value) => `Group: ${value}`,
  location: (value) => `Location: ${value}`,
  shop: (value) => `Bought at: ${value}`,
  gender: (value) => `Gender: ${value.replace('-', ' ')}`,
  'age-from': (value) => `Age: ${value} or more`,
  'age-to': (value) => `Age: ${value} or less`,
  'orders-from': (value, f) => `Total orders: ${f.number(value)} or more`,
  'orders-to': (value, f) => `Total orders: ${f.number(value)} or less`,
  'spent-from': (value, f) => `Total spent: ${f.money(value)} or more`,
  'spent-to': (value, f) => `Total spent: ${f.money(value)} or less`,
  'ordered-within': (value, f) => `Last order: within ${f.count(Number(value), 'day')}`,
  'not-ordered-within': (value, f) => `Last order: not within ${f.count(Number(value), 'day')}`,
  'since-from': (value, f) => `Customer since: ${f.date(value)} or later`,
  'since-to': (value, f) => `Customer since: ${f.date(value)} or earlier`
}
