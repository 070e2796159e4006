import { z } from 'zod'
import type { Em } from '../../db/orm.ts'
import { findPeriodRanking, isByJob, type RankingKey } from '../../figures/periods.ts'
import { describeProducts, type ProductRank, type RankedProduct } from '../../figures/ranking.ts'
import { findWholeRanking } from '../../figures/ranking-order.ts'
import { findGroup } from '../../groups/queries.ts'
import { RuleError } from '../../lib/errors.ts'
import { idParams } from '../../lib/fields.ts'
import { type Column, FORMATS } from '../../lib/sheets.ts'
import { downloadAs } from '../../web/download.ts'
import type { App } from '../../web/validation.ts'
import { rankingLook, salesOf, shopOf } from './ranking-look.ts'

const asShown = {
  config: { role: 'manager' as const },
  schema: { params: idParams, querystring: z.record(z.string(), z.unknown()) }
} as const

/** How many products are looked up at once while a file is sent. */
const AT_ONCE = 1_000

export async function productFileRoutes(app: App) {
  app.get('/groups/:id/products.csv', asShown, async (request, reply) => {
    const { em, now } = request
    const group = await findGroup(em, request.params.id)
    const look = rankingLook(request.query)
    const shop = await shopOf(em, look)
    const ranked = { groupId: group.id, ...salesOf(look, shop) }
    const name = [
      group.name,
      'products',
      ...(shop ? [shop.name] : []),
      ranked.days ? `${ranked.days} days` : 'all time'
    ]
    if (isByJob(ranked) && !(await findPeriodRanking(em, ranked, now)))
      throw new RuleError(`This ranking of ${group.name} isn’t ready yet. Open it first, then export it.`)
    const places = await findWholeRanking(em, ranked, look)
    downloadAs(reply, `${name.join(' ')}.csv`).type(FORMATS.csv.type)
    const file = FORMATS.csv.write(COLUMNS, productsOf(em, ranked, places))
    // An incomplete file must not look complete.
    file.once('error', () => reply.raw.destroy())
    return reply.send(file)
  })
}

/** Looks the products up in portions, so that no transaction stays open for as long as a download takes. */
async function* productsOf(em: Em, ranked: RankingKey, places: ProductRank[]): AsyncGenerator<RankedProduct> {
  for (let done = 0; done < places.length; done += AT_ONCE)
    yield* await describeProducts(em, ranked, places.slice(done, done + AT_ONCE))
}

const COLUMNS: Column<RankedProduct>[] = [
  number('Rank', ({ rank }) => rank),
  { label: 'SKU', width: 18, type: 'text', value: ({ sku }) => sku },
  { label: 'Product', width: 36, type: 'text', value: ({ name }) => name },
  number('Units', ({ units }) => Number(units)),
  number('Revenue', ({ revenue }) => Number(revenue)),
  number('Members Who Bought', ({ buyers }) => buyers),
  number('Share of Members', ({ share }) => rounded(share)),
  number('Lift', ({ lift }) => rounded(lift))
]

function number(label: string, value: (product: RankedProduct) => number | null): Column<RankedProduct> {
  return { label, width: 12, type: 'number', value }
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10_000) / 10_000
}
