/** The same answers by the leanest SQL, all of it here: one statement a case, over one connection of `pg`. */
export const session = `select person.* from session join staff_member person on person.id = staff_member_id
  where token_hash = $1 and seen_at > now() - interval '12 hours' and disabled_at is null`
const TODAY = `(now() at time zone 'America/New_York')::date`
const FIGURES = `customers + coalesce((select sum(delta) from count_change change where change.group_id = grouped.id), 0)::int`
const GROUP = `select grouped.*, ${FIGURES} as customers, spent, product.name as top, best.units,
    case when grouped.id <> 2 then spent / nullif(${FIGURES}, 0) end as average,
    (select count(*)::int from customer_group) as total, (select sum(customers)::int from group_figures
      where group_id in (select id from customer_group where kind = 'primary')) - 1 as everyone
  from customer_group grouped join group_figures figures on figures.group_id = grouped.id
    left join group_top_product best on best.group_id = grouped.id left join product on product.id = best.product_id`
export const groups = (order: string) => `${GROUP} order by ${order} limit 26`
export const overview = (group: number) => `${GROUP} where grouped.id = ${group}`
export const ranking = (group: number) => `select sku as id, name, units, revenue, buyers, count(*) over ()
  from group_product join product on product.id = product_id where group_id = ${group}
  order by units desc, revenue desc, name, product_id limit 25`
export const period = (members: string, days: number) => `select sku as id, name, sum(quantity) as units,
    sum(amount) as revenue, count(distinct line.customer_id) filter (where quantity > 0) as buyers
  from sale join sale_line line on sale_id = sale.id join product on product.id = product_id
  where sold_at >= (${TODAY} - ${days - 1})::timestamp at time zone 'America/New_York'
    and line.customer_id in (${members})
  group by product.id order by units desc, revenue desc, name, product.id limit 25`
export const inList = (group: number) => `select customer_id from list_membership where group_id = ${group}`
export const inPrimary = (group: number) => `select customer_id from primary_membership where group_id = ${group}`
const CUSTOMERS = `customer join customer_totals totals on totals.customer_id = customer.id
  join primary_membership mine on mine.customer_id = customer.id join customer_group grouped on grouped.id = mine.group_id`
export const customers = (where: string, order: string, columns = 'customer.*, totals.*, grouped.name as grouped') =>
  `select ${columns} from ${CUSTOMERS} where ${where} order by ${order} limit 26`
export const count = (where: string) => `select count(*)::int from customer
  join customer_totals totals on totals.customer_id = customer.id where ${where}`
const born = (yearsAgo: number) => `(${TODAY} - interval '${yearsAgo} years')`
/** The filters of the bench: as an address says them, and as SQL does. */
export const filters: Record<string, [query: string, where: string]> = {
  'name-city': ['q=mar&location=Madrid', `haystack like '%mar%' and search_text(location) = 'madrid'`],
  'name-spent': ['q=mar&spent-from=50&spent-to=60', `haystack like '%mar%' and spent between 50 and 60`],
  'big-spenders': ['spent-from=500', 'spent >= 500'],
  lapsed: ['not-ordered-within=365', `(last_order_at is null or last_order_at < ${TODAY} - 365)`],
  'women-30-39': [
    'gender=female&age-from=30&age-to=39',
    `gender = 'female' and birth_date > ${born(40)} and birth_date <= ${born(30)}`
  ],
  'city-orders': ['location=Madrid&orders-from=5', `search_text(location) = 'madrid' and orders >= 5`],
  'old-new': ['age-from=80&since-from=2026-01-01', `birth_date <= ${born(80)} and customer.created_at >= '2026-01-01'`]
}
export const add = 'insert into list_membership (group_id, customer_id, joined_at, joined_by) values ($1, $2, now(), 1)'
export const move = `update primary_membership set group_id = $1, joined_at = now(), joined_by = 1
  where customer_id = $2`
export const remove = 'delete from list_membership where group_id = $1 and customer_id = $2'
