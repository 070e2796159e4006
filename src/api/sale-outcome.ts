import type { FastifyRequest } from 'fastify'
import { WALK_IN_CUSTOMER } from '../db/fixed.ts'
import { inUnits } from '../lib/money.ts'
import type { Recorded } from '../sales/attempt.ts'
import type { Clash, Refusal } from '../sales/judge.ts'
import type { RecordedSale } from '../sales/recorded.ts'
import { totalOf } from '../sales/sale.ts'
import { Problem } from './problem.ts'

/** What a till is told of a sale that it may not take. */
export function refusalProblem({ code, sentence, maxPercent, group }: Refusal): Problem {
  const decision = group && { group_id: group.id, settings_version: group.version, sentence }
  return new Problem(422, code, sentence, { ...(maxPercent && { max_percent: maxPercent }), decision })
}

const CLASHES: Record<Exclude<Clash, 'repeated'>, [status: number, detail: string]> = {
  'idempotency-key-reused': [422, 'Another sale was recorded with this id. Give each sale an id of its own.'],
  'sale-of-another-till': [409, 'This is the id of a sale of another till.'],
  'receipt-taken': [409, 'This till has recorded another sale with this receipt number.']
}

export function clashProblem(clash: Exclude<Clash, 'repeated'>): Problem {
  const [status, detail] = CLASHES[clash]
  return new Problem(status, clash, detail)
}

/** A sale that has just been written, as it will be read back. */
export function asRecorded(
  { decided, receivedAt }: Recorded,
  { holder }: Pick<FastifyRequest, 'holder'>
): RecordedSale {
  const { sale, customerId, group, sentence, notes } = decided
  return {
    ...sale,
    number: 0,
    shop: holder.shop,
    till: holder.till,
    customerId: customerId === WALK_IN_CUSTOMER ? null : customerId,
    soldAt: sale.soldAt.toISOString(),
    receivedAt: receivedAt.toISOString(),
    total: inUnits(totalOf(sale.lines)),
    flags: notes,
    decision: { groupId: group?.id ?? null, version: group?.version ?? null, sentence }
  }
}
