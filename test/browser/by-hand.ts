import { sql } from 'kysely'
import type { BrowserShop } from './browser.ts'

const dollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' })
const whole = new Intl.NumberFormat('en-US')

export const money = (value: string | number) => dollars.format(Number(value))
export const number = (value: string | number) => whole.format(Number(value))

interface Counted {
  customers: number
  average: string | null
  top: string | null
  units: string | null
}

/** A group's figures, counted from the receipts themselves and not from the totals that the application keeps. */
export async function countFigures({ ask }: BrowserShop, groupName: string): Promise<Counted> {
  const [counted] = await ask(sql<Counted>`
    with member as (
      select customer_id from primary_membership where group_id = (select id from customer_group where name = ${groupName})
      union all
      select customer_id from list_membership where group_id = (select id from customer_group where name = ${groupName})
    ), line as (select line.* from sale_line line join sale on sale.id = line.sale_id where sale.customer_id in (select customer_id from member)),
    sold as (
      select product.name, sum(line.quantity) as units from line join product on product.id = line.product_id
      group by product.id, product.name order by units desc, sum(line.amount) desc, product.name limit 1
    )
    select (select count(*)::int from member) as customers,
      round((select sum(line.amount) from line) / nullif((select count(*) from member), 0), 2) as average,
      (select name from sold) as top, (select units::float8::text from sold) as units
  `)
  if (!counted) throw new Error('SQL counted nothing')
  return counted
}

interface Ranked {
  name: string
  sku: string
  units: string
  revenue: string
  buyers: number
}

export async function rankByHand({ ask }: BrowserShop, groupName: string): Promise<Ranked[]> {
  return ask(sql<Ranked>`
    select product.name, product.sku, sum(line.quantity)::float8::text as units, sum(line.amount) as revenue,
      count(distinct sale.customer_id)::int as buyers
    from sale_line line join sale on sale.id = line.sale_id join product on product.id = line.product_id
    where sale.customer_id in (
      select customer_id from membership where group_id = (select id from customer_group where name = ${groupName})
    )
    group by product.id, product.name, product.sku order by sum(line.quantity) desc, sum(line.amount) desc, product.name limit 25
  `)
}

interface Person {
  name: string
  phone: string | null
  email: string | null
  birth_date: string | null
  gender: string | null
  location: string | null
  orders: number
  spent: string
  last: string | null
}

/** The rows that a Customer List must show, by name, for a day in New York. */
export async function membersByHand({ ask }: BrowserShop, groupName: string, today: string): Promise<string[][]> {
  const people = await ask(sql<Person>`
    select customer.name, phone, email, customer.birth_date::text, customer.gender, customer.location, count(sale.id)::int as orders,
      coalesce(sum(sale.total), 0) as spent, (max(sale.sold_at) at time zone 'America/New_York')::date::text as last
    from customer join membership on membership.customer_id = customer.id left join sale on sale.customer_id = customer.id
    where membership.group_id = (select id from customer_group where name = ${groupName})
    group by customer.id order by customer.name collate people limit 25
  `)
  return people.map((one) => [
    // The e-mail stands below the name.
    `${one.name}${one.email ?? ''}`,
    one.phone ? phoneText(one.phone) : '—',
    one.birth_date ? String(ageOn(today, one.birth_date)) : '—',
    one.gender ? capital(one.gender) : '—',
    one.location ?? '—',
    number(one.orders),
    money(one.spent),
    one.last ? agoWords(daysBetween(one.last, today)) : 'never'
  ])
}

/** As people in the United States write theirs. */
const phoneText = (phone: string) => phone.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, '($1) $2-$3')

const capital = (word: string) => word.slice(0, 1).toUpperCase() + word.slice(1)

function ageOn(today: string, birthDate: string): number {
  const years = Number(today.slice(0, 4)) - Number(birthDate.slice(0, 4))
  return today.slice(5) < birthDate.slice(5) ? years - 1 : years
}

function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000
}

function agoWords(days: number): string {
  return days === 0 ? 'today' : days === 1 ? 'yesterday' : `${number(days)} days ago`
}
