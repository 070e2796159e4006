import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { decimalsOf } from '../lib/money.ts'
import type { saleQueue } from '../sales/queue.ts'
import { findByReceipt, findSales, listSalesBefore } from '../sales/recorded.ts'
import type { App } from '../web/validation.ts'
import { LONGEST_BODY } from './bodies.ts'
import { afterOf, nextOf } from './cursor.ts'
import { readOne } from './customers.ts'
import { tagged } from './etag.ts'
import { toSale } from './new-sale.ts'
import { Problem } from './problem.ts'
import { saleAnswer } from './sale-answer.ts'
import { asRecorded, clashProblem, refusalProblem } from './sale-outcome.ts'
import { newSaleSchema, saleList, saleSchema } from './schemas/sale.ts'
import { idParams, idText, listQuery, sought, uuid } from './schemas/values.ts'

const record = {
  config: { scope: 'sales:write' },
  bodyLimit: LONGEST_BODY,
  schema: {
    operationId: 'recordSale',
    summary: 'Record a sale, if policy allows it',
    description: 'The same id and body again is answered with the first answer and `Idempotent-Replayed: true`.',
    tags: ['sales'],
    body: newSaleSchema,
    response: { 200: saleSchema, 201: saleSchema }
  }
} as const
const show = {
  config: { scope: 'sales:read' },
  schema: {
    operationId: 'getSale',
    summary: 'A sale as it was recorded, with its decision',
    tags: ['sales'],
    params: z.strictObject({ id: uuid }),
    response: { 200: saleSchema }
  }
} as const
const byReceipt = {
  config: { scope: 'sales:read' },
  schema: {
    operationId: 'findSale',
    summary: 'The sale that has a receipt number of a till',
    tags: ['sales'],
    querystring: z.strictObject({ receipt: sought(80).min(1), till_id: idText.optional() }),
    response: { 200: saleList }
  }
} as const
const ofCustomer = {
  config: { scope: 'sales:read' },
  schema: {
    operationId: 'listCustomerSales',
    summary: 'A customer’s sales, the newest first',
    tags: ['customers'],
    params: idParams,
    querystring: z.strictObject(listQuery),
    response: { 200: saleList }
  }
} as const

/** POST /sales, GET /sales, /sales/:id and /customers/:id/sales */
export async function saleRoutes(app: App, { record: recordTogether }: { record: ReturnType<typeof saleQueue> }) {
  app.post('/sales', record, async (request, reply) => {
    const { now, holder } = request
    const decimals = decimalsOf(holder.retailer.currency)
    const sale = toSale(request.body, { till: holder.till.id, now, decimals })
    const outcome = await recordTogether({ sale, now, decimals })
    switch (outcome.result) {
      case 'recorded':
        reply.code(201).header('location', `/api/v1/sales/${sale.id}`)
        return saleAnswer(asRecorded(outcome, request), decimals)
      case 'repeated':
        return replay(request, reply, sale.id)
      case 'refused':
        throw refusalProblem(outcome.refusal)
      case 'failed':
        throw outcome.error
      default:
        throw clashProblem(outcome.result)
    }
  })

  app.get('/sales/:id', show, async (request, reply) =>
    tagged(request, reply, await readSale(request, request.params.id))
  )

  app.get('/sales', byReceipt, async (request) => {
    const { receipt, till_id = request.holder.till.id } = request.query
    const sale = await findByReceipt(request.em, till_id, receipt)
    return { items: sale ? [saleAnswer(sale, decimalsOf(request.holder.retailer.currency))] : [], next: null }
  })

  app.get('/customers/:id/sales', ofCustomer, async (request) => {
    const { em, params, query, holder } = request
    await readOne(request, params.id)
    const list = `sales of ${params.id}`
    const found = await listSalesBefore(em, params.id, afterOf(list, query.next), query.limit + 1)
    const decimals = decimalsOf(holder.retailer.currency)
    const next = nextOf(
      list,
      found.map(({ number }) => ({ id: number })),
      query.limit
    )
    return { items: found.slice(0, query.limit).map((sale) => saleAnswer(sale, decimals)), next }
  })
}

async function readSale({ em, holder }: FastifyRequest, id: string) {
  const sale = (await findSales(em, [id])).get(id)
  if (!sale) throw new Problem(404, 'sale-unknown', 'This sale does not exist.')
  return saleAnswer(sale, decimalsOf(holder.retailer.currency))
}

/** The first answer again, for ever. */
async function replay(request: FastifyRequest, reply: FastifyReply, id: string) {
  reply.header('idempotent-replayed', 'true')
  return readSale(request, id)
}
