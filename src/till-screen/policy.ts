import type { Group } from '../groups/group.ts'
import { inOneSentence, type Permission, policyOf } from '../sales/policy.ts'

/** What the screen says of a customer's primary group: in one sentence, and each thing with its reason. */
export interface ShownPolicy {
  sentence: string
  permissions: Permission[]
}

/** In one place, as the answer that programs get is to be shown here as well. */
export function shownPolicy(group: Group): ShownPolicy {
  return { sentence: inOneSentence(group), permissions: policyOf(group) }
}
