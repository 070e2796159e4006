import type { Decimal } from '../lib/format.ts'
import { fingerprintOf, type Sale } from './sale.ts'

/** Something about a sale that a manager should look at. */
export interface Note {
  code: string
  /** A sentence. */
  detail: string
  /** The money at stake. */
  amount: Decimal
}

/** A sale that was decided, as it is to be written. */
export interface DecidedSale {
  sale: Sale
  /** Null if the customer has been erased. */
  customerId: number | null
  /** By which settings it was decided; null if there was no customer. */
  group: { id: number; version: number } | null
  sentence: string
  notes: Note[]
}

/** What the database is told of it, as one row. */
export function saleRow({ sale, customerId, group, sentence, notes }: DecidedSale) {
  const { id, till, receipt, soldAt, tenders, rounding, cashier, returns } = sale
  return {
    id,
    till_id: till,
    receipt,
    fingerprint: fingerprintOf(sale),
    customer_id: customerId,
    sold_at: soldAt,
    cash: tenders.cash,
    card: tenders.card,
    on_account: tenders.onAccount,
    other: tenders.other,
    rounding,
    cashier,
    returns,
    flagged: notes.length > 0,
    decided_by: group?.id,
    settings_version: group?.version,
    decision: sentence
  }
}

export const lineRows = ({ sale }: DecidedSale) =>
  sale.lines.map((line, index) => ({ sale: sale.id, number: index + 1, ...line }))

export const noteRows = ({ sale, notes }: DecidedSale) => notes.map((note) => ({ sale: sale.id, ...note }))
