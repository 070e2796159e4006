import { z } from 'zod'
import type { Decimal } from '../lib/format.ts'
import { shortest, withDecimals } from '../lib/money.ts'
import { inOneSentence, type Permission, type Policy, policyOf } from './policy.ts'

const money = z.string()
const percent = z.string().nullable()
const ADVICE = 'Advice to the till, not enforced.'

/** What a customer's primary group lets a till do, as programs are told. */
export const policySchema = z
  .object({
    customer_id: z.int(),
    group: z.object({ id: z.int(), name: z.string(), since: z.string() }),
    settings_version: z.int(),
    purchases: z.object({
      allowed: z.boolean(),
      message: z.string().nullable().describe('For the cashier, where purchases are not allowed.')
    }),
    on_account: z.object({
      allowed: z.boolean(),
      limit: money.nullable(),
      limit_from: z.string().nullable(),
      balance: money,
      left: money.nullable(),
      overdue: money,
      on_hold: z.boolean()
    }),
    discounts: z.object({
      manual: z.boolean(),
      max_percent: percent.describe('Of a line’s amount and discount together, rounded half up. Null: no limit.'),
      automatic_percent: percent.describe(ADVICE),
      price_list: z.string().nullable().describe(ADVICE)
    }),
    sentences: z.array(z.string())
  })
  .meta({ id: 'Policy' })

export type PolicyAnswer = z.output<typeof policySchema>

/** A customer and the policy of their primary group. */
interface Governed extends Policy {
  customerId: number
  /** Since when they are in the group. */
  since: string
  /** What they owe. */
  balance: Decimal
}

/** What a customer's page shows and what tills are told: it is made of the same permissions, so that the two never differ. */
export function policyAnswer({ customerId, group, since, balance, decimals }: Governed): PolicyAnswer {
  const permissions = policyOf(group)
  const isAllowed = (what: Permission['what']) => permissions.some((one) => one.what === what && one.isAllowed)
  const manual = isAllowed('Manual discounts')
  return {
    customer_id: customerId,
    group: { id: group.id, name: group.name, since },
    settings_version: group.version,
    purchases: {
      allowed: isAllowed('Purchases'),
      message: isAllowed('Purchases') ? null : (group.purchaseMessage ?? null)
    },
    on_account: {
      allowed: isAllowed('On-account sale'),
      limit: null,
      limit_from: null,
      balance: withDecimals(balance, decimals),
      left: null,
      overdue: withDecimals('0', decimals),
      on_hold: false
    },
    discounts: {
      manual,
      max_percent: manual ? written(group.largestDiscount) : null,
      automatic_percent: written(group.automaticDiscount),
      price_list: group.priceList ?? null
    },
    sentences: [inOneSentence(group)]
  }
}

const written = (percentage: Decimal | null | undefined) => (percentage ? shortest(percentage) : null)
