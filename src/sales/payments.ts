import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row } from '../db/rows.ts'
import type { Actor } from '../lib/actor.ts'
import type { Decimal } from '../lib/format.ts'
import { negated } from '../lib/money.ts'
import { addEntry, type NewEntry } from './ledger.ts'

/** Why a payment may be a mistake: it is more than is owed, or the same amount was paid a few minutes ago. */
export interface Doubt {
  /** What the customer owes; negative if they have a credit. */
  balance: Decimal
  /** The credit that the payment would leave; null if it is no more than what is owed. */
  credit: Decimal | null
  again: { by: string | null; minutes: number } | null
  /**
   * The text that an answer must repeat. It identifies this question, so that an answer to another one does not count.
   */
  question: string
}

/** The payment was not entered, because somebody must confirm it first. */
export class PaymentInDoubt extends Error {
  /** Null if the payment itself is fine, but the answer was about another one. */
  readonly doubt: Doubt | null
  /** Whether the answer was about another amount. Whoever gave it has not been asked about this one. */
  readonly isChanged: boolean
  constructor(doubt: Doubt | null, isChanged: boolean) {
    super('A payment is in doubt')
    this.doubt = doubt
    this.isChanged = isChanged
  }
}

/** A payment lowers what is owed, so its amount is below 0. */
export type Payment = NewEntry & { kind: 'payment' }

/**
 * Enters a payment. It runs in em's transaction, which must end after an error.
 * @param sure the answer to a doubt: the text of its question, or empty
 * @throws PaymentInDoubt if the payment is in doubt and `sure` does not answer that, or if `sure` is about another
 * amount.
 */
export async function takePayment(
  em: Em,
  customerId: number,
  payment: Payment,
  sure: string,
  actor: Actor
): Promise<void> {
  await holdAccount(em, customerId)
  const { about, doubt } = await findDoubt(em, customerId, payment.amount, actor.now)
  const isChanged = sure !== '' && !sure.startsWith(about)
  if (isChanged || (doubt && doubt.question !== sure)) throw new PaymentInDoubt(doubt, isChanged)
  await addEntry(em, customerId, payment, actor)
}

/**
 * Locks the account, so that the second of two payments at once sees the first. Sales only refer to the customer, so
 * they need not wait.
 */
async function holdAccount(em: Em, customerId: number): Promise<void> {
  await row(em, sql`select from customer where id = ${customerId} for no key update`)
}

const AGAIN_MINUTES = 10

interface Facts {
  /** The amount without trailing zeros, however it was typed. */
  amount: Decimal
  balance: Decimal
  rest: Decimal
  isCredit: boolean
  again: number | null
  by: string | null
  minutes: number | null
}

/** Finds the doubt, if there is any, and the text that every question about this amount and customer begins with. */
async function findDoubt(
  em: Em,
  customerId: number,
  amount: Decimal,
  now: Date
): Promise<{ about: string; doubt: Doubt | null }> {
  const facts = await row(
    em,
    sql<Facts>`
    with account as (
      select coalesce((select balance from account_balance where customer_id = ${customerId} for update), 0) as balance
    ), again as (
      select entry.id::text, person.name, extract(epoch from ${now}::timestamptz - entry.entered_at) / 60 as minutes
      from account_entry entry left join staff_member person on person.id = entry.entered_by
      where customer_id = ${customerId} and kind = 'payment' and amount = ${amount}::numeric
        and entered_at > ${now}::timestamptz - make_interval(mins => ${AGAIN_MINUTES})
      order by entry.id desc limit 1
    )
    select trim_scale(${amount}::numeric) as amount, balance, balance + ${amount}::numeric as rest, balance + ${amount}::numeric < 0 as "isCredit",
      again.id as again, again.name as by, greatest(0, floor(again.minutes))::int as minutes
    from account left join again on true
  `
  )
  if (!facts) throw new Error('An account has no balance')
  const { balance, rest, isCredit, again, by } = facts
  const about = `${customerId} ${facts.amount} `
  if (!isCredit && again === null) return { about, doubt: null }
  const doubt = {
    balance,
    credit: isCredit ? negated(rest) : null,
    again: again === null ? null : { by, minutes: facts.minutes ?? 0 },
    question: `${about}${isCredit ? rest : ''} ${again ?? ''}`
  }
  return { about, doubt }
}
