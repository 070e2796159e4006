import { IsolationLevel } from '@mikro-orm/core'
import { sql } from 'kysely'
import { isForeignKeyBreach } from '../db/breaches.ts'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'
import type { Actor } from '../lib/actor.ts'
import { RuleError } from '../lib/errors.ts'
import type { Decimal } from '../lib/format.ts'
import { type Page, type PageRequest, paging, type SortColumn, toPage } from '../lib/paging.ts'
import type { Tender } from './tenders.ts'

export interface LedgerEntry {
  id: number
  kind: 'charge' | 'payment' | 'adjustment'
  /** Positive if the customer owes it, negative if it is owed to them. */
  amount: Decimal
  /** What the customer owed after this entry. */
  balance: Decimal
  receipt: string | null
  reason: string | null
  /**
   * How a payment was made, on which day (YYYY-MM-DD) and with which reference. These are null for other entries, and
   * for payments from before they were recorded.
   */
  tender: Tender | null
  paidOn: string | null
  reference: string | null
  enteredAt: string
  enteredBy: string | null
  sortValue: string
}

/** The sums of a customer's account entries by kind. The balance is the sum of all. */
export interface Account {
  entries: number
  charged: Decimal
  paid: Decimal
  adjusted: Decimal
  balance: Decimal
}

export interface Ledger {
  account: Account
  entries: Page<LedgerEntry>
}

/**
 * One page of a customer's account, newest entry first. The sums and the entries are read from the same snapshot, so
 * that they agree.
 */
export async function readLedger(em: Em, customerId: number, place: PageRequest): Promise<Ledger> {
  return em.transactional(
    async (inner) => ({
      account: await findAccount(inner, customerId),
      entries: await listEntries(inner, customerId, place)
    }),
    { isolationLevel: IsolationLevel.REPEATABLE_READ, readOnly: true }
  )
}

export async function findAccount(em: Em, customerId: number): Promise<Account> {
  const account = await row(
    em,
    sql<Account>`
    select count(*)::int as entries, coalesce(sum(amount) filter (where kind = 'charge'), 0) as charged,
      coalesce(-sum(amount) filter (where kind = 'payment'), 0) as paid,
      coalesce(sum(amount) filter (where kind = 'adjustment'), 0) as adjusted, coalesce(sum(amount), 0) as balance
    from account_entry where customer_id = ${customerId}
  `
  )
  if (!account) throw new Error('A sum has no row')
  return account
}

/**
 * Entries are sorted by when they were entered and not by their dates, because a till that was offline reports its
 * sales late.
 */
const BY_ENTRY = { expression: sql`entry.id`, type: 'integer', first: 'desc' } as const satisfies SortColumn

async function listEntries(em: Em, customerId: number, place: PageRequest): Promise<Page<LedgerEntry>> {
  const page = paging(BY_ENTRY, BY_ENTRY.first, sql`entry.id`, place)
  const found = await rows(
    em,
    sql<LedgerEntry>`
    with shown as (
      select * from account_entry entry where customer_id = ${customerId} and ${page.where}
      order by ${page.orderBy} limit ${page.limit}
    ), earlier as (
      select coalesce(sum(amount), 0) as balance from account_entry
      where customer_id = ${customerId} and id < (select min(id) from shown)
    )
    select entry.id::float8 as id, entry.kind, entry.amount, earlier.balance + sum(entry.amount) over (order by entry.id) as balance,
      sale.receipt, entry.reason, entry.tender, entry.paid_on as "paidOn", entry.reference, entry.entered_at as "enteredAt",
      person.name as "enteredBy", entry.id::text as "sortValue"
    from shown entry cross join earlier
    left join sale on sale.id = entry.sale_id
    left join staff_member person on person.id = entry.entered_by
    order by ${page.orderBy}
  `
  )
  return toPage(found, page)
}

export interface NewEntry {
  kind: 'payment' | 'adjustment'
  amount: Decimal
  reason?: string | null
  tender?: Tender
  paidOn?: string
  reference?: string | null
}

/** Adds an entry that somebody makes by hand. Charges only come from sales. */
export async function addEntry(
  em: Em,
  customerId: number,
  { kind, amount, reason = null, tender, paidOn, reference = null }: NewEntry,
  actor: Actor
): Promise<void> {
  try {
    await rows(
      em,
      sql`
      insert into account_entry (customer_id, kind, amount, reason, tender, paid_on, reference, entered_at, entered_by)
      values (${customerId}, ${kind}, ${amount}::numeric, ${reason}, ${tender ?? null}, ${paidOn ?? null}::date, ${reference},
        ${actor.now}, ${actor.id})
    `
    )
  } catch (error) {
    if (!isForeignKeyBreach(error)) throw error
    throw new RuleError('Someone deleted this customer, so nothing was recorded.')
  }
}
