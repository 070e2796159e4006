import { type RawBuilder, sql } from 'kysely'
import { ageLimit } from '../ages.ts'
import { placesWith } from '../locations.ts'
import { COLUMNS, type SortKey } from './columns.ts'
import type { CustomerFilter } from './filter.ts'
import { searched } from './search.ts'

/** The day and zone that "within 30 days" is counted in. */
export interface Calendar {
  today: string
  timeZone: string
}

/** One thing that all customers of a list have in common. */
export interface Condition {
  table: 'customer' | 'totals'
  where: RawBuilder<boolean>
  /** The sort whose index it cuts a piece out of, if there is one. */
  key?: SortKey
  /** It holds for rows without a value too. */
  keepsMissing?: boolean
}

/** What a filter asks of a customer's own rows; its group aside. */
export function conditions({ values }: CustomerFilter, calendar: Calendar): Condition[] {
  return [...named(values.q ?? ''), ...who(values, calendar), ...bought(values, calendar)]
}

/** What a search asks of them. */
export function named(q: string): Condition[] {
  return searched(q).map((where) => ({ table: 'customer', where }))
}

type Values = CustomerFilter['values']

function who(values: Values, { today, timeZone }: Calendar): Condition[] {
  const on = (where: RawBuilder<unknown>, key?: SortKey) =>
    ({ table: 'customer', where: where as RawBuilder<boolean>, key }) satisfies Condition
  const { location, gender, 'age-from': ageFrom, 'age-to': ageTo, 'since-from': from, 'since-to': to } = values
  const found: Condition[] = []
  if (location) found.push(on(sql`customer.location = any(${placesWith(location)})`))
  if (gender === 'not-said') found.push({ ...on(sql`false`, 'gender'), keepsMissing: true })
  else if (gender) found.push(on(sql`customer.gender = ${gender}`, 'gender'))
  if (ageFrom !== undefined) found.push(on(sql`customer.birth_date <= ${ageLimit(today, ageFrom)}`, 'age'))
  if (ageTo !== undefined) found.push(on(sql`customer.birth_date > ${ageLimit(today, ageTo + 1)}`, 'age'))
  if (from) found.push(on(sql`customer.created_at >= ${dayStart(from, 0, timeZone)}`))
  if (to) found.push(on(sql`customer.created_at < ${dayStart(to, -1, timeZone)}`))
  return found
}

function bought(values: Values, { today, timeZone }: Calendar): Condition[] {
  const on = (key: SortKey, where: RawBuilder<unknown>) =>
    ({ table: 'totals', where: where as RawBuilder<boolean>, key }) satisfies Condition
  const { 'ordered-within': within, 'not-ordered-within': notWithin } = values
  const found: Condition[] = []
  if (values['orders-from'] !== undefined) found.push(on('orders', sql`totals.orders >= ${values['orders-from']}::int`))
  if (values['orders-to'] !== undefined) found.push(on('orders', sql`totals.orders <= ${values['orders-to']}::int`))
  if (values['spent-from']) found.push(on('spent', sql`totals.spent >= ${values['spent-from']}::numeric`))
  if (values['spent-to']) found.push(on('spent', sql`totals.spent <= ${values['spent-to']}::numeric`))
  if (within !== undefined)
    found.push(on('last-order', sql`totals.last_order_at >= ${dayStart(today, within, timeZone)}`))
  if (notWithin !== undefined)
    found.push({
      ...on('last-order', sql`totals.last_order_at < ${dayStart(today, notWithin, timeZone)}`),
      keepsMissing: true
    })
  return found
}

/** The first moment of the day that was so many days before another, where the retailer is. */
function dayStart(day: string, daysBefore: number, timeZone: string) {
  return sql`((${day}::date - ${daysBefore}::int)::timestamp at time zone ${timeZone})`
}

/** All of some conditions, as WHERE says them. */
export function all(found: Condition[]): RawBuilder<boolean> {
  return found.length ? sql.join(found.map(whole), sql` and `) : sql<boolean>`true`
}

function whole({ where, key, keepsMissing }: Condition): RawBuilder<boolean> {
  return key && keepsMissing ? sql<boolean>`(${where} or ${COLUMNS[key].expression} is null)` : where
}
