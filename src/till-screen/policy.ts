import type { Group } from '../groups/group.ts'
import type { Decimal } from '../lib/format.ts'
import { type Permission, policyOf } from '../sales/policy.ts'
import { type PolicyAnswer, policyAnswer } from '../sales/policy-answer.ts'

/** What the screen says of a customer's primary group: each thing that a till may do with its reason, and what programs are told. */
export interface ShownPolicy {
  permissions: Permission[]
  answer: PolicyAnswer
}

interface Buying {
  customerId: number
  group: Group
  /** Since when they are in the group. */
  since: string
  balance: Decimal
  decimals: number
}

export function shownPolicy({ group, ...buying }: Buying): ShownPolicy {
  return { permissions: policyOf(group), answer: policyAnswer({ group, ...buying }) }
}
