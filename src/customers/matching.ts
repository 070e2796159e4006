import { type RawBuilder, sql } from 'kysely'
import { literally } from '../db/like.ts'
import type { CustomerFilter } from './filter.ts'

/** The day and zone that "within 30 days" is counted in. */
export interface Calendar {
  today: string
  timeZone: string
}

/** What every list of customers reads from; columns.ts and conditions() use its aliases. */
export const SOURCE = sql`
  customer
  join customer_totals totals on totals.customer_id = customer.id
  join primary_membership on primary_membership.customer_id = customer.id
  join customer_group primary_group on primary_group.id = primary_membership.group_id
`

/** Which rows of SOURCE a filter means: the one source of lists, counts and, later, selections and exports. */
export function conditions({ values }: CustomerFilter, calendar: Calendar): RawBuilder<boolean> {
  const all = [...searched(values.q ?? '')]
  if (values.group) all.push(sql`customer.id in (${groupNamed(values.group)})`)
  if (values.location) all.push(sql`search_text(customer.location) = search_text(${values.location})`)
  if (values['spent-from']) all.push(sql`totals.spent >= ${values['spent-from']}::numeric`)
  if (values['spent-to']) all.push(sql`totals.spent <= ${values['spent-to']}::numeric`)
  const within = values['ordered-within']
  if (within !== undefined) all.push(sql`totals.last_order_at >= ${dayStart(calendar, within)}`)
  const notWithin = values['not-ordered-within']
  if (notWithin !== undefined)
    all.push(sql`(totals.last_order_at < ${dayStart(calendar, notWithin)} or totals.last_order_at is null)`)
  return all.length ? sql.join(all, sql` and `) : sql<boolean>`true`
}

function groupNamed(name: string) {
  return sql`
    select customer_id from membership join customer_group grouped on grouped.id = membership.group_id
    where name_key(grouped.name) = name_key(${name})
  `
}

/** The first moment of the day that was so many days before today, where the retailer is. */
function dayStart({ today, timeZone }: Calendar, daysAgo: number) {
  return sql`((${today}::date - ${daysAgo}::int)::timestamp at time zone ${timeZone})`
}

const PHONE_LIKE = /^[+\d\s()./-]*\d[\d\s()./-]*$/

/**
 * Every word must occur in the name, phone or e-mail. Something that looks like a phone is compared by its digits alone,
 * without the 0 that a national number begins with; one or two letters match only the beginning of a name's word.
 */
export function searched(q: string): RawBuilder<boolean>[] {
  if (q === '') return []
  if (PHONE_LIKE.test(q)) return [contains(digitsOf(q))]
  return q.split(/\s+/).map((word) => (word.length < 3 ? begins(word) : contains(word)))
}

/** As they stand in E.164: "+44 (0)20 7946" is "44207946". */
function digitsOf(phone: string): string {
  return phone
    .replace('(0)', '')
    .replace(/\D/g, '')
    .replace(/^0+(?=\d)/, '')
}

function contains(word: string): RawBuilder<boolean> {
  return sql<boolean>`customer.haystack like '%' || ${literally(word)} || '%'`
}

function begins(word: string): RawBuilder<boolean> {
  return sql<boolean>`customer.haystack like '% ' || ${literally(word)} || '%'`
}
