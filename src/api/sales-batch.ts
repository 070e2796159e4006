import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { decimalsOf } from '../lib/money.ts'
import type { Outcome } from '../sales/attempt.ts'
import { recordSales } from '../sales/record.ts'
import { findSales } from '../sales/recorded.ts'
import type { Sale } from '../sales/sale.ts'
import { keepUnreadable, type Unreadable } from '../sales/unreadable.ts'
import type { App } from '../web/validation.ts'
import { LONGEST_BATCH } from './bodies.ts'
import type { limitRequests } from './limits.ts'
import { toSale } from './new-sale.ts'
import { type ProblemBody, problemOf } from './problem.ts'
import { saleAnswer } from './sale-answer.ts'
import { asRecorded, clashProblem, refusalProblem } from './sale-outcome.ts'
import { problemSchema } from './schemas/problem.ts'
import { newSaleSchema, saleSchema } from './schemas/sale.ts'
import { parseStrictly } from './validation.ts'

const MOST_SALES = 500
/** So many sales count as one request. */
const SALES_A_REQUEST = 50

const itemSchema = z
  .object({
    id: z.string().nullable(),
    status: z.int().describe('As POST /sales would have answered: 201, 200 if it was recorded before, or a problem’s.'),
    sale: saleSchema.optional(),
    problem: problemSchema.optional()
  })
  .meta({ id: 'BatchItem' })
type Item = z.output<typeof itemSchema>

/** Anything is let in, and each read by itself, but this is what is meant. */
const given = z.unknown().meta({ $ref: '#/components/schemas/NewSaleInput' })

const batch = {
  config: { scope: 'sales:write' },
  bodyLimit: LONGEST_BATCH,
  schema: {
    operationId: 'recordSales',
    summary: 'Record what a till sold while it was offline',
    description: `Facts: policy refuses nothing. What it would have refused is recorded, flagged, and stands in To review. Each item of \`sales\` is as POST /sales takes it; one that is not gets its problem, and spoils no other.`,
    tags: ['sales'],
    body: z.strictObject({ sales: z.array(given).min(1).max(MOST_SALES) }).meta({ id: 'Batch' }),
    response: { 200: z.object({ items: z.array(itemSchema) }).meta({ id: 'BatchAnswer' }) }
  }
} as const

/** POST /sales/batch */
export async function batchRoutes(app: App, { limit }: { limit: ReturnType<typeof limitRequests> }) {
  app.post('/sales/batch', batch, async (request, reply) => {
    const { sales } = request.body
    const requests = Math.ceil(sales.length / SALES_A_REQUEST)
    if (requests > 1) await limit(request, reply, requests - 1)
    return { items: await recordBatch(request, sales) }
  })
}

type Read = { raw: unknown; sale: Sale } | { raw: unknown; item: Item }

async function recordBatch(request: FastifyRequest, given: unknown[]): Promise<Item[]> {
  const { em, now, holder } = request
  const decimals = decimalsOf(holder.retailer.currency)
  const read = given.map((raw) => readItem(raw, request, decimals))
  const sales = read.flatMap((one) => ('sale' in one ? one.sale : []))
  const outcomes = await recordSales(em, sales, { manner: 'tells', now, decimals })
  const bySale = new Map(sales.map((sale, place) => [sale, outcomes[place]]))
  const repeated = sales.filter((sale) => bySale.get(sale)?.result === 'repeated').map(({ id }) => id)
  const before = await findSales(em, repeated)
  const items = read.map((one): Item => {
    if ('item' in one) return one.item
    const outcome = bySale.get(one.sale)
    const kept = before.get(one.sale.id)
    if (outcome?.result === 'repeated' && kept)
      return { id: one.sale.id, status: 200, sale: saleAnswer(kept, decimals) }
    return itemOf(one.sale, outcome, request, decimals)
  })
  await keepUnreadable(em, holder.till.id, unreadable(read, items), now)
  return items
}

function readItem(raw: unknown, { holder, now }: FastifyRequest, decimals: number): Read {
  try {
    const body = parseStrictly(newSaleSchema, raw)
    return { raw, sale: toSale(body, { till: holder.till.id, now, decimals }) }
  } catch (error) {
    return { raw, item: itemWith(idOf(raw), error) }
  }
}

function itemOf(sale: Sale, outcome: Outcome | undefined, request: FastifyRequest, decimals: number): Item {
  switch (outcome?.result) {
    case 'recorded':
      return { id: sale.id, status: 201, sale: saleAnswer(asRecorded(outcome, request), decimals) }
    case 'refused':
      return itemWith(sale.id, refusalProblem(outcome.refusal))
    case 'failed':
      return itemWith(sale.id, outcome.error)
    case 'sale-of-another-till':
    case 'idempotency-key-reused':
    case 'receipt-taken':
      return itemWith(sale.id, clashProblem(outcome.result))
    default:
      throw new Error('A sale of a batch has no outcome')
  }
}

function itemWith(id: string | null, error: unknown): Item {
  const problem = problemOf(error)
  return { id, status: problem.status, problem }
}

const idOf = (raw: unknown): string | null =>
  raw !== null && typeof raw === 'object' && 'id' in raw && typeof raw.id === 'string' ? raw.id.slice(0, 100) : null

/** People who look at it later have no other way to know which field is meant. */
function whereAndWhy({ detail, errors }: Pick<ProblemBody, 'detail' | 'errors'>): string {
  const [first] = errors ?? []
  return first ? `${first.pointer.slice(1) || 'The sale'}: ${first.detail}` : detail
}

/** What is no valid sale, or clashes with another, is kept as it was received; what can be sent again later is not. */
function unreadable(read: Read[], items: Item[]): Unreadable[] {
  return read.flatMap(({ raw }, place) => {
    const problem = items[place]?.problem
    const status = items[place]?.status ?? 500
    return problem && status < 500 ? [{ raw, code: problem.code, detail: whereAndWhy(problem) }] : []
  })
}
