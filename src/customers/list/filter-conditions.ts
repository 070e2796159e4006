/** What a filter means in SQL: the conditions that it asks of a customer and of their totals. */
import { type RawBuilder, sql } from 'kysely'
import { dayStart, type RetailersDay } from '../../figures/calendar.ts'
import { ageLimit } from '../ages.ts'
import { placesWith } from '../locations.ts'
import type { CustomerFilter } from './filter.ts'
import { searchedIn } from './search.ts'
import { SORTS, type SortKey } from './sorts.ts'

/** Something that is true of every customer of a list. */
export interface Condition {
  table: 'customer' | 'totals'
  where: RawBuilder<boolean>
  /** The sort whose index holds all who meet it in one stretch, if there is one. */
  key?: SortKey
  /** A customer without a value meets it too. */
  keepsMissing?: boolean
}

/**
 * The conditions of a filter, and of the shop that it names; null if it names none. The group that it names is no condition
 * (filtered-query.ts).
 */
export function conditionsOf({ values }: CustomerFilter, day: RetailersDay, shopId: number | null): Condition[] {
  return [
    ...searchConditions(values.q ?? ''),
    ...personConditions(values, day),
    ...(shopId === null ? [] : [isCustomerOf(shopId)]),
    ...orderConditions(values, day)
  ]
}

/** True for who has ever bought in a shop. The planner knows of its id how many they are. */
function isCustomerOf(shopId: number): Condition {
  const where = sql<boolean>`exists (
    select from customer_shop where customer_shop.customer_id = customer.id and customer_shop.shop_id = ${shopId}::int
  )`
  return { table: 'customer', where }
}

/** The conditions of a search. */
export function searchConditions(q: string): Condition[] {
  return searchedIn(q).map((where) => ({ table: 'customer', where }))
}

type Values = CustomerFilter['values']

function personConditions(values: Values, { today, timeZone }: RetailersDay): Condition[] {
  const on = (where: RawBuilder<unknown>, key?: SortKey) =>
    ({ table: 'customer', where: where as RawBuilder<boolean>, key }) satisfies Condition
  const { location, gender, 'age-from': ageFrom, 'age-to': ageTo, 'since-from': from, 'since-to': to } = values
  const found: Condition[] = []
  if (location) found.push(on(sql`customer.location = any(${placesWith(location)})`))
  if (gender === 'not-said') found.push({ ...on(sql`false`, 'gender'), keepsMissing: true })
  else if (gender) found.push(on(sql`customer.gender = ${gender}`, 'gender'))
  if (ageFrom !== undefined) found.push(on(sql`customer.birth_date <= ${ageLimit(today, ageFrom)}`, 'age'))
  if (ageTo !== undefined) found.push(on(sql`customer.birth_date > ${ageLimit(today, ageTo + 1)}`, 'age'))
  if (from) found.push(on(sql`customer.created_at >= ${startOf(from, 0, timeZone)}`))
  if (to) found.push(on(sql`customer.created_at < ${startOf(to, -1, timeZone)}`))
  return found
}

function orderConditions(values: Values, { today, timeZone }: RetailersDay): Condition[] {
  const on = (key: SortKey, where: RawBuilder<unknown>) =>
    ({ table: 'totals', where: where as RawBuilder<boolean>, key }) satisfies Condition
  const { 'ordered-within': within, 'not-ordered-within': notWithin } = values
  const found: Condition[] = []
  if (values['orders-from'] !== undefined) found.push(on('orders', sql`totals.orders >= ${values['orders-from']}::int`))
  if (values['orders-to'] !== undefined) found.push(on('orders', sql`totals.orders <= ${values['orders-to']}::int`))
  if (values['spent-from']) found.push(on('spent', sql`totals.spent >= ${values['spent-from']}::numeric`))
  if (values['spent-to']) found.push(on('spent', sql`totals.spent <= ${values['spent-to']}::numeric`))
  if (within !== undefined)
    found.push(on('last-order', sql`totals.last_order_at >= ${startOf(today, within, timeZone)}`))
  if (notWithin !== undefined)
    found.push({
      ...on('last-order', sql`totals.last_order_at < ${startOf(today, notWithin, timeZone)}`),
      keepsMissing: true
    })
  return found
}

/** The first moment of the day that is so many days before another, where the retailer is. */
function startOf(day: string, daysBefore: number, timeZone: string) {
  return dayStart(sql`${day}::date - ${daysBefore}::int`, timeZone)
}

/** That all of some conditions hold, for WHERE. */
export function allOf(found: Condition[]): RawBuilder<boolean> {
  return found.length ? sql.join(found.map(conditionSql), sql` and `) : sql<boolean>`true`
}

function conditionSql({ where, key, keepsMissing }: Condition): RawBuilder<boolean> {
  return key && keepsMissing ? sql<boolean>`(${where} or ${SORTS[key].expression} is null)` : where
}
