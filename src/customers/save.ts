import { OptimisticLockError } from '@mikro-orm/core'
import { sql } from 'kysely'
import { changesBetween, note } from '../activity/note.ts'
import { refuseDuplicates } from '../db/duplicates.ts'
import { DEFAULT_GROUP } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { row } from '../db/rows.ts'
import { saveOver } from '../db/versioned.ts'
import type { Actor } from '../lib/actor.ts'
import type { GroupFields } from '../membership/chosen-groups.ts'
import { changeGroups, type Move } from '../membership/chosen-groups.ts'
import { findOwners } from './contact-owners.ts'
import { Customer } from './customer.ts'
import type { CustomerFields } from './details.ts'

const BELONGS = { phone: 'This phone belongs to', email: 'This e-mail belongs to' }

/** The others who have a customer's phone or e-mail (docs/rules.md, 10). */
export function othersWith({ phone, email }: Pick<CustomerFields, 'phone' | 'email'>, ownId: number | null) {
  return async (em: Em) => {
    const owners = await findOwners(em, phone, email, ownId)
    return owners.map((owner) => ({ ...owner, sentence: `${BELONGS[owner.field]} ${owner.name}.` }))
  }
}

/** Changes a customer over the version that somebody was shown (src/db/versioned.ts), and their groups; answers if they moved. */
export async function changeCustomer(
  em: Em,
  id: number,
  version: number,
  fields: CustomerFields,
  groups: GroupFields,
  actor: Actor
): Promise<Move | null> {
  return em.transactional(async (inner) => {
    await refuseMovedByOthers(inner, id, groups)
    const before = await refuseDuplicates(inner, othersWith(fields, id), () =>
      saveOver(inner, Customer, { id }, version, { ...fields })
    )
    const values = changesBetween(before, fields)
    if (values.length) await note(inner, 'customer-changed', actor, { customerId: id, values })
    return changeGroups(inner, id, groups, actor)
  })
}

/** Two people gave one customer different primary groups: the second is told. Who left the field alone is not in the way. */
async function refuseMovedByOthers(em: Em, id: number, { primary, primaryWas }: GroupFields): Promise<void> {
  const now = await row(
    em,
    sql<{ groupId: number }>`
    select group_id as "groupId" from primary_membership where customer_id = ${id} for update
  `
  )
  const before = primaryWas ?? DEFAULT_GROUP
  if (primary !== before && now?.groupId !== before && now?.groupId !== primary)
    throw OptimisticLockError.lockFailed('Customer')
}
