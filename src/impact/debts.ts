import { type RawBuilder, sql } from 'kysely'
import { DEFAULT_GROUP } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { row } from '../db/rows.ts'
import type { Group } from '../groups/group.ts'
import type { Decimal } from '../lib/format.ts'
import { countChanged, type Operation } from '../operations/operation.ts'
import { sellsOnAccount } from '../sales/policy.ts'

/** Customers who owe something: how many there are, how much they owe in all, and which of them owe most. */
export interface Debts {
  customers: number
  owed: Decimal
  who: Debtor[]
}

interface Debtor {
  id: number
  name: string
  owed: Decimal
}

const MOST_NAMED = 10

type Target = Pick<Group, 'isList' | 'allowsOnAccount' | 'restrictsPurchases'>

/**
 * The debts of customers who could no longer buy on account after joining a group; null if none of them owes anything.
 * Moving to another group that allows on-account sale changes nothing for them, and neither does a list
 * (docs/rules.md, 24).
 * @param about roughly how many customers `ids` has, if they are many
 */
export async function debtsOnJoining(
  em: Em,
  target: Target,
  ids: RawBuilder<{ id: number }>,
  { about = 0 } = {}
): Promise<Debts | null> {
  return target.isList || sellsOnAccount(target) ? null : debtsOf(em, ids, about)
}

/** The debts, as debtsOnJoining() has them, of customers who each join a group of their own. */
export async function debtsOnJoiningEach(
  em: Em,
  joining: RawBuilder<{ id: number; group_id: number }>
): Promise<Debts | null> {
  const leaving = sql<{ id: number }>`
    select joining.id from (${joining}) joining join customer_group target on target.id = joining.group_id
    where not target.is_list and (not target.allows_on_account or target.restricts_purchases)
  `
  return debtsOf(em, leaving)
}

/** The debt, as debtsOnJoining() has it, of one customer. */
export async function debtOnJoining(em: Em, target: Target, customerId: number): Promise<Debts | null> {
  return debtsOnJoining(em, target, sql`select ${customerId}::int as id`)
}

/**
 * The debts, as debtsOnJoining() has them, of all members of a group that gets the settings `next`, or is replaced by a
 * group with these.
 */
export async function debtsOfMembers(em: Em, group: Group, next: Omit<Target, 'isList'>): Promise<Debts | null> {
  if (group.isList || !sellsOnAccount(group)) return null
  const members = sql<{ id: number }>`select customer_id as id from primary_membership where group_id = ${group.id}`
  return debtsOnJoining(em, { isList: false, ...next }, members)
}

/** The debts, as debtsOnJoining() has them, of customers whom undoing a bulk operation would move back. */
export async function debtsOnUndoing(em: Em, operation: Operation): Promise<Debts | null> {
  const { id, kind, groupId, isList } = operation
  if (isList || kind === 'undo') return null
  const heldBy = kind === 'add' || kind === 'import' ? groupId : DEFAULT_GROUP
  const back = sql<{ id: number }>`
    select customer_id as id from primary_membership moved
    join (
      select id, allows_on_account, restricts_purchases from customer_group
      union all
      select kept.id, kept.allows_on_account, kept.restricts_purchases
      from deleted_group cross join jsonb_populate_record(null::customer_group, kept) kept where operation_id = ${id}
    ) former on former.id = moved.previous_group_id
    where moved.operation_id = ${id} and moved.group_id = ${heldBy} and (not former.allows_on_account or former.restricts_purchases)
  `
  return debtsOf(em, back, countChanged(operation))
}

/** Looking up one debtor among some customers takes about as long as reading this many of those customers. */
const WORTH_OF_A_LOOK = 16

/** The debts of those among some customers (roughly `about` of them) who can buy on account now; null if there are none. */
async function debtsOf(em: Em, ids: RawBuilder<{ id: number }>, about = 0): Promise<Debts | null> {
  // "offset 0" keeps the planner from joining, for which it would read all these customers.
  const isMeant = (await areDebtorsFewer(em, about / WORTH_OF_A_LOOK))
    ? sql<boolean>`exists (select from (${ids}) meant where meant.id = account.customer_id offset 0)`
    : sql<boolean>`account.customer_id in (select id from (${ids}) meant)`
  const found = await row(
    em,
    sql<Debts>`
    with debtor as materialized (
      select account.customer_id, account.balance
      from account_balance account
      join primary_membership membership on membership.customer_id = account.customer_id
      where account.balance > 0 and ${isMeant}
        and membership.group_id = any(array(select id from customer_group where allows_on_account and not restricts_purchases))
    ), most as (
      select * from debtor order by balance desc, customer_id limit ${sql.lit(MOST_NAMED)}
    )
    select count(*)::int as customers, coalesce(sum(balance), 0) as owed, (
        select coalesce(jsonb_agg(jsonb_build_object('id', id, 'name', name, 'owed', balance::text) order by balance desc, id), '[]')
        from most join customer on customer.id = most.customer_id
      ) as who
    from debtor
  `
  )
  return found?.customers ? found : null
}

/** For fewer customers, counting debtors would take longer than it saves. */
const FEW = 1_000

async function areDebtorsFewer(em: Em, than: number): Promise<boolean> {
  const limit = Math.floor(than)
  if (limit < FEW) return false
  const counted = await row(
    em,
    sql<{
      n: number
    }>`select count(*)::int as n from (select from account_balance where balance > 0 limit ${limit}) owed`
  )
  return counted !== undefined && counted.n < limit
}
