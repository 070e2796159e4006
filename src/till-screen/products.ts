import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { prepared } from '../db/prepared.ts'
import { rows } from '../db/rows.ts'
import type { Decimal } from '../lib/format.ts'

export interface FoundProduct {
  id: number
  sku: string
  name: string
  /** Of one, what it last sold for before what was taken off by hand; null if it never sold. */
  price: Decimal | null
}

const MOST = 12

/** Of so many lines that were sold last, those products are shown that nobody has searched for. */
const RECENT_LINES = 300

/** Fewer letters have no trigram: they are looked for where a word of the name or the code begins, one product after the other. */
const SHORTEST_FRAGMENT = 3

function has(word: string): RawBuilder<boolean> {
  if ([...word].length >= SHORTEST_FRAGMENT)
    return sql<boolean>`solid_text(sku || ' ' || name) like '%' || solid_text(${word}) || '%'`
  const begun = `% ${word.replace(/[\\%_]/g, '\\$&')}%`
  return sql<boolean>`(' ' || sku || ' ' || name) collate "C" ilike ${begun}`
}

/** As many of those that match are put in order; a code that is typed whole is always among them. */
const RANKED = 500

/** Products whose code or name has all words of a search, an exact code first. */
export async function findProducts(em: Em, q: string, decimals: number): Promise<FoundProduct[]> {
  const words = q.split(/\s+/).filter(Boolean)
  if (words.length === 0) return listRecent(em, decimals)
  const ids = sql`
    select id, row_number() over (
      order by lower(sku) <> lower(${q}), not starts_with(search_text(name), search_text(${q})), name, id) as place
    from (
      select id, sku, name from product where sku = ${q}
      union (select id, sku, name from product where ${sql.join(words.map(has), sql` and `)} limit ${RANKED})
    ) matching
    order by place limit ${MOST}
  `
  // Planned for the words that are searched for: the plan that would be kept for any reads all products.
  return rows(em, withPrices(ids, decimals))
}

/** What has been sold most often lately. */
function listRecent(em: Em, decimals: number): Promise<FoundProduct[]> {
  return known(
    em,
    sql`
    select product_id as id, row_number() over (order by count(*) desc, product_id) as place
    from (select product_id from sale_line where quantity > 0 order by sale_id desc limit ${RECENT_LINES}) recent
    group by product_id order by place limit ${MOST}
  `,
    decimals
  )
}

/** The only product that has a code, as a scanner types it. */
export async function findByCode(em: Em, code: string, decimals: number): Promise<FoundProduct | undefined> {
  const found = await known(em, sql`select id, 1 as place from product where sku = ${code} limit 2`, decimals)
  return found.length === 1 ? found[0] : undefined
}

export async function findProduct(em: Em, id: number, decimals: number): Promise<FoundProduct | undefined> {
  return (await known(em, sql`select id, 1 as place from product where id = ${id}`, decimals))[0]
}

const known = (em: Em, ids: RawBuilder<unknown>, decimals: number) => rows(em, prepared(withPrices(ids, decimals)))

/** Of so many newest lines of a product one is looked for that no group's own discount has lowered. */
const NEWEST = 8

/**
 * The newest line of each, found by its index: (amount + discount) is what it cost before a discount by hand. What a group takes
 * off by itself would be taken off again, so that a line without it counts first; else it is added to what was paid.
 */
function withPrices(ids: RawBuilder<unknown>, decimals: number): RawBuilder<FoundProduct> {
  return sql<FoundProduct>`
    select product.id, product.sku, product.name, sold.price::text as price
    from (${ids}) found join product on product.id = found.id
    left join lateral (
      select round(paid / nullif(1 - coalesce(decider.automatic_discount, 0) / 100, 0), ${decimals}::int) as price
      from (
        select (amount + discount) / quantity as paid, sale_id from sale_line
        where product_id = found.id and quantity > 0 order by sale_id desc limit ${NEWEST}
      ) line
      cross join lateral (select decided_by from sale where id = line.sale_id) sale
      left join customer_group decider on decider.id = sale.decided_by
      order by coalesce(decider.automatic_discount, 0) > 0, line.sale_id desc limit 1
    ) sold on true
    order by found.place
  `
}
