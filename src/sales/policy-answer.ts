import { z } from 'zod'
import type { Decimal } from '../lib/format.ts'
import { shortest, withDecimals } from '../lib/money.ts'
import { givesDiscounts, inOneSentence, type Policy, sellsOnAccount } from './policy.ts'

const money = z.string()
const percent = z.string().nullable()

/** What a customer's primary group lets a till do, as programs are told. */
export const policySchema = z
  .object({
    customer_id: z.int(),
    group: z.object({ id: z.int(), name: z.string(), since: z.string() }),
    settings_version: z.int(),
    purchases: z.object({ allowed: z.boolean(), message: z.string().nullable() }),
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
      max_percent: percent,
      automatic_percent: percent,
      price_list: z.string().nullable()
    }),
    sentences: z.array(z.string())
  })
  .meta({ id: 'Policy' })

export type PolicyAnswer = z.output<typeof policySchema>

interface Asked extends Policy {
  customerId: number
  since: string
  balance: Decimal
}

export function policyAnswer({ customerId, group, since, balance, decimals }: Asked): PolicyAnswer {
  return {
    customer_id: customerId,
    group: { id: group.id, name: group.name, since },
    settings_version: group.version,
    purchases: { allowed: !group.restrictsPurchases, message: null },
    on_account: {
      allowed: sellsOnAccount(group),
      limit: null,
      limit_from: null,
      balance: withDecimals(balance, decimals),
      left: null,
      overdue: withDecimals('0', decimals),
      on_hold: false
    },
    discounts: {
      manual: givesDiscounts(group),
      max_percent: givesDiscounts(group) && group.largestDiscount ? shortest(group.largestDiscount) : null,
      automatic_percent: null,
      price_list: null
    },
    sentences: [inOneSentence(group)]
  }
}
