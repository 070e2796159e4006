import { z } from 'zod'
import type { Em } from '../db/orm.ts'
import { findPeriodRanking } from '../figures/periods.ts'
import { describe, findAll, type Place, type Ranked, type RankedProduct } from '../figures/ranking.ts'
import { csvLine, sendCsv } from '../web/csv.ts'
import { RuleError } from '../web/errors.ts'
import { idParams } from '../web/fields.ts'
import type { Decimal } from '../web/format.ts'
import type { App } from '../web/validation.ts'
import { findGroup } from './queries.ts'
import { RankingLook } from './ranking-look.ts'

const file = {
  config: { role: 'manager' as const },
  schema: { params: idParams, querystring: z.record(z.string(), z.unknown()) }
} as const

/** Products that are looked up together while a file is sent. */
const AT_ONCE = 1_000

const HEADS = ['Rank', 'SKU', 'Product', 'Units', 'Revenue', 'Members who bought', 'Share of members', 'Lift']

export async function productFileRoutes(app: App) {
  app.get('/groups/:id/products.csv', file, async (request, reply) => {
    const { em, now } = request
    const group = await findGroup(em, request.params.id)
    const look = RankingLook.from(group.id, request.query)
    const { groupId, days } = look
    if (days && !(await findPeriodRanking(em, groupId, days, now)))
      throw new RuleError(`What ${group.name} bought within ${days} days has yet to be worked out. Look at it first.`)
    const places = await findAll(em, { groupId, days }, look)
    const name = `${group.name}, products, ${days ? `${days} days` : 'all time'}`
    return sendCsv(reply, name, linesOf(em, { groupId, days }, places))
  })
}

/** Looked up piece by piece: no transaction stays open for as long as somebody takes to receive a file. */
async function* linesOf(em: Em, ranked: Ranked, places: Place[]): AsyncGenerator<string> {
  yield csvLine(HEADS)
  for (let done = 0; done < places.length; done += AT_ONCE) {
    const products = await describe(em, ranked, places.slice(done, done + AT_ONCE))
    yield products.map(lineOf).join('')
  }
}

function lineOf({ rank, sku, name, units, revenue, buyers, share, lift }: RankedProduct): string {
  return csvLine([rank, sku, name, plain(units), plain(revenue), buyers, decimals(share), decimals(lift)])
}

/** Without the zeros that the database keeps: 3.000 is 3, 30.010 is 30.01. */
function plain(value: Decimal): string {
  return value.includes('.') ? value.replace(/\.?0+$/, '') : value
}

function decimals(value: number | null): string | null {
  return value === null ? null : value.toFixed(4)
}
