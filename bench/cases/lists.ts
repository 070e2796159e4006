import pg from 'pg'
import { SORTS, type SortKey } from '../../src/customers/list/index.ts'
import { asFirst, type Bar, under, underAndWorst } from '../bars.ts'
import { type Case, Skip } from '../case.ts'
import { emptyDefault } from '../changes.ts'
import type { BenchGroup } from '../facts.ts'
import { median } from '../measure.ts'
import { type Look, pageCase } from '../pages.ts'
import { fitting } from '../search-yardsticks.ts'
import type { Stage } from '../stage.ts'
import { count, customers, filters, inList, inPrimary } from '../yardsticks.ts'

type ListName = 'small' | 'middle' | 'large' | 'primary' | 'default' | 'default-100'

const ORDERS: Record<SortKey, string> = {
  name: 'customer.name',
  group: 'grouped.name',
  age: 'birth_date desc nulls last',
  gender: 'gender asc nulls last',
  location: 'location asc nulls last',
  orders: 'orders desc',
  spent: 'spent desc',
  'last-order': 'last_order_at desc nulls last'
}

const DEPTH = 0.9

/** The filter whose customers are counted. About half of all customers match it. */
const COUNTED = 'lapsed'

/** The Customer List of groups of every size: for each sort, its first page and the page at nine tenths. */
export const listCases: Case[] = [
  ...(['small', 'middle', 'large', 'primary', 'default'] as const).flatMap(sortsOf),
  ...Object.keys(filters).map(filterCase),
  medianOfAll('list/', under(25)),
  ...(['middle', 'large', 'primary'] as const).map(countCase)
]

/** Runs after all other lists: what is left of Default when almost everybody has been moved elsewhere. */
export const emptiedCases: Case[] = sortsOf('default-100')

function sortsOf(place: ListName): Case[] {
  return (Object.keys(ORDERS) as SortKey[]).flatMap((sort) => {
    const name = `list/${place}/${sort}`
    const first = pageCase({ name, bar: underAndWorst(25, 150), look: (stage) => firstPage(stage, place, sort) })
    const bar = asFirst(1.3, name, 25)
    return [first, pageCase({ name: `${name}/deep`, bar, look: (stage) => deepPage(stage, place, sort) })]
  })
}

async function groupAt(stage: Stage, place: ListName): Promise<BenchGroup> {
  if (place !== 'default-100') return stage.facts.groups[place]
  return { ...stage.facts.groups.default, size: await emptyDefault(stage) }
}

function addressOf({ id }: BenchGroup, sort: SortKey, after?: string): string {
  const query = new URLSearchParams({ ...(sort !== 'name' && { sort }), ...(after && { after }) })
  return `/groups/${id}/customers${query.size ? `?${query}` : ''}`
}

async function firstPage(stage: Stage, place: ListName, sort: SortKey): Promise<Look> {
  const group = await groupAt(stage, place)
  return { path: addressOf(group, sort), sql: customers(membersOf(group), orderBy(sort)) }
}

function membersOf({ id, isList }: BenchGroup): string {
  return isList ? `customer.id in (${inList(id)})` : `mine.group_id = ${id}`
}

function orderBy(sort: SortKey): string {
  return `${ORDERS[sort]}, customer.id ${way(sort)}`
}

const expressionOf = (sort: SortKey) => ORDERS[sort].split(' ')[0] ?? ''
const way = (sort: SortKey) => (ORDERS[sort].includes(' desc') ? 'desc' : 'asc')

/** The page after the row at nine tenths of the list. SQL finds the row whose values make its cursor. */
async function deepPage(stage: Stage, place: ListName, sort: SortKey): Promise<Look> {
  const group = await groupAt(stage, place)
  const within = membersOf(group)
  const columns = `${textOf(sort)} as value, customer.id`
  const offset = Math.max(0, Math.floor(group.size * DEPTH) - 1)
  const { rows } = await stage.client.query(`${customers(within, orderBy(sort), columns)} offset ${offset}`)
  const { value, id } = rows[0]
  const after = Buffer.from(JSON.stringify([value, id])).toString('base64url')
  return {
    path: addressOf(group, sort, after),
    sql: customers(`${within} and ${past(sort, value, id)}`, orderBy(sort))
  }
}

/** The sort value as SQL text, as a cursor of src/lib/paging.ts carries it. */
function textOf(sort: SortKey): string {
  const expression = expressionOf(sort)
  return SORTS[sort].type === 'timestamptz'
    ? `to_char(${expression} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
    : `(${expression})::text`
}

function past(sort: SortKey, value: string | null, id: number): string {
  const expression = expressionOf(sort)
  const further = way(sort) === 'desc' ? '<' : '>'
  if (value === null) return `${expression} is null and customer.id ${further} ${id}`
  const bound = `(${pg.escapeLiteral(value)}::${SORTS[sort].type}, ${id})`
  const beyond = `(${expression}, customer.id) ${further} ${bound}`
  return ORDERS[sort].endsWith('nulls last') ? `(${beyond} or ${expression} is null)` : beyond
}

function filterCase(filter: string): Case {
  const [query, where] = filters[filter] ?? ['', 'true']
  return pageCase({
    name: `list/large/filter/${filter}`,
    bar: under(150),
    look: ({ facts }) => {
      const { large } = facts.groups
      const q = new URLSearchParams(query).get('q')
      const order = q ? `${fitting(q)}, ${orderBy('name')}` : orderBy('name')
      const sql = customers(`${membersOf(large)} and ${where}`, order)
      return { path: `/groups/${large.id}/customers?${query}`, sql }
    }
  })
}

/** The median of all measured cases whose names begin so, except those of full counts. */
export function medianOfAll(beginning: string, bar: Bar): Case {
  return {
    name: `${beginning}median-of-all`,
    bar,
    run: async ({ measured }) => {
      const medians = [...measured].flatMap(([name, { median }]) =>
        name.startsWith(beginning) && !name.endsWith('/full-count') ? [median] : []
      )
      if (medians.length === 0) throw new Skip('none of them was measured')
      return { unit: 'ms', median: median(medians), p99: null, yardstick: null, flaws: [] }
    }
  }
}

/** The parameter that asks for the exact number of customers found. */
const EXACTLY = 'count=all'

/** Counts all customers of a filter. Without a filter, the group's own number is known. */
function countCase(place: 'middle' | 'large' | 'primary'): Case {
  const [query, where] = filters[COUNTED] ?? ['', 'true']
  return pageCase({
    name: `list/${place}/full-count`,
    bar: under(500),
    mayScan: true,
    look: ({ facts }) => {
      const { id, isList } = facts.groups[place]
      const sql = count(`${where} and customer.id in (${isList ? inList(id) : inPrimary(id)})`)
      return { path: `/groups/${id}/customers?${query}&${EXACTLY}`, sql, says: saysCount }
    }
  })
}

const saysCount: Look['says'] = (html, [row]) => html.includes(` of ${Number(row?.count).toLocaleString('en')}<`)
