import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row } from '../db/rows.ts'
import type { Group } from '../groups/group.ts'
import { sellsOnAccount } from '../sales/policy.ts'
import type { Decimal } from '../web/format.ts'

/** Of some customers, those who owe something: how many they are, and how much together. */
export interface Debts {
  customers: number
  owed: Decimal
}

type Target = Pick<Group, 'isList' | 'allowsOnAccount' | 'restrictsPurchases'>

/**
 * Who of some customers owes something, and could buy on account no longer if they joined a group; null if nobody. Moving on
 * to another group that sells on account changes nothing for them, and neither does a list.
 */
export async function debtsOnJoining(em: Em, target: Target, ids: RawBuilder<{ id: number }>): Promise<Debts | null> {
  return target.isList || sellsOnAccount(target) ? null : debtsOf(em, ids)
}

/** As debtsOnJoining(), of one customer. */
export async function debtOnJoining(em: Em, target: Target, customerId: number): Promise<Debts | null> {
  return debtsOnJoining(em, target, sql`select ${customerId}::int as id`)
}

/** As debtsOnJoining(), of everyone who is in a group, if from now on it is set or replaced by `next`. */
export async function debtsOfMembers(em: Em, group: Group, next: Omit<Target, 'isList'>): Promise<Debts | null> {
  if (group.isList || !sellsOnAccount(group)) return null
  const members = sql<{ id: number }>`select customer_id as id from primary_membership where group_id = ${group.id}`
  return debtsOnJoining(em, { isList: false, ...next }, members)
}

/** As debtsOnJoining(), of those whom undoing a bulk operation would move back to where they came from. */
export async function debtsOnUndoing(em: Em, operationId: number): Promise<Debts | null> {
  const back = sql<{ id: number }>`
    select customer_id as id from primary_membership moved
    join customer_group former on former.id = moved.previous_group_id
    where moved.operation_id = ${operationId} and (not former.allows_on_account or former.restricts_purchases)
  `
  return debtsOf(em, back)
}

/**
 * Who owes is read first, by an index of those alone, then who of them is meant: few, where the customers meant may be a
 * million. They count only if they can buy on account now.
 */
async function debtsOf(em: Em, ids: RawBuilder<{ id: number }>): Promise<Debts | null> {
  const found = await row(
    em,
    sql<Debts>`
    select count(*)::int as customers, coalesce(sum(account.balance), 0) as owed
    from account_balance account
    join primary_membership membership on membership.customer_id = account.customer_id
    join customer_group grouped on grouped.id = membership.group_id
    where account.balance > 0 and grouped.allows_on_account and not grouped.restricts_purchases
      and account.customer_id in (select id from (${ids}) meant)
  `
  )
  return found?.customers ? found : null
}
