import type { Decimal } from '../lib/format.ts'
import { inUnits, negated, shortest } from '../lib/money.ts'
import type { DecidedSale, Note } from './decided-sale.ts'
import type { Known } from './known.ts'
import { type Decision, decide, isOnAccount } from './policy.ts'
import { type Excess, findExcess, type Remainder } from './returns.ts'
import { fingerprintOf, isReturned, type Sale, totalOf } from './sale.ts'

/** Whether a till asks if it may sell, or tells what it sold while it was offline: a fact is never refused, but noted. */
export type Manner = 'asks' | 'tells'

/** Why a till may not sell. */
export interface Refusal {
  code: string
  /** For the cashier, and the customer. */
  sentence: string
  /** The most that may be taken off, where that is why. */
  maxPercent?: Decimal
  /** By which settings it was decided; null if there is no such customer. */
  group: DecidedSale['group']
}

/** Why a sale is none of its own: it was recorded before, or its id or its receipt is another sale's. */
export type Clash = 'repeated' | 'sale-of-another-till' | 'idempotency-key-reused' | 'receipt-taken'

/** How a sale ends of which nothing is written. */
export type NotWritten = { result: 'refused'; refusal: Refusal } | { result: Clash }

export interface Facts {
  known: Known
  /** What is left of the sale that it brings something back of; undefined if it names none, or one that does not exist. */
  remainder: Remainder | undefined
  /** How many decimals the currency has. */
  decimals: number
}

/** Decides about a sale by all that is known of it. Whatever is decided by now, what was recorded before was taken then. */
export function judge(sale: Sale, facts: Facts, manner: Manner): NotWritten | DecidedSale {
  const clash = findClash(sale, facts.known)
  if (clash) return { result: clash }
  const { group } = facts.known
  const by = group && { id: group.id, version: group.version }
  const decision: Decision | null = group && decide({ group, decimals: facts.decimals }, sale)
  const objections = [
    ...absence(sale, facts.known, manner),
    ...objectionsToReturn(sale, facts.remainder),
    ...(decision && !decision.isTaken ? [decision] : [])
  ]
  const [first] = objections
  if (first && manner === 'asks') {
    return { result: 'refused', refusal: { code: first.code, sentence: first.sentence, group: by, ...limitOf(first) } }
  }
  const notes = [...objections.map((objection) => noteOf(sale, objection)), ...blindReturn(sale)]
  const sentence = first?.sentence ?? decision?.sentence ?? ERASED
  const customerId = group ? sale.customerId : null
  return { sale, customerId, group: by, sentence, notes }
}

const ERASED = 'This customer has been erased, so no group decided.'

function findClash(sale: Sale, { recorded, isReceiptTaken }: Known): Clash | null {
  if (!recorded) return isReceiptTaken ? 'receipt-taken' : null
  if (recorded.till !== sale.till) return 'sale-of-another-till'
  return recorded.fingerprint === fingerprintOf(sale) ? 'repeated' : 'idempotency-key-reused'
}

interface Objection {
  code: string
  sentence: string
  maxPercent?: Decimal
}

const limitOf = ({ maxPercent }: Objection) => (maxPercent === undefined ? {} : { maxPercent })

/** Policy is a group's; who is not there has none. */
function absence({ customerId, tenders }: Sale, { group, wasCustomer }: Known, manner: Manner): Objection[] {
  if (group) return []
  if (manner === 'asks' || !wasCustomer) {
    return [{ code: 'customer-unknown', sentence: `Customer ${customerId} does not exist.` }]
  }
  // A till that was offline could not know that somebody was erased. The sale is kept nameless, and what is owed is nobody's.
  if (Number(tenders.onAccount) === 0) return []
  return [{ code: 'customer-unknown', sentence: 'The customer has been erased, so this is on nobody’s account.' }]
}

function objectionsToReturn({ returns, lines }: Sale, remainder: Remainder | undefined): Objection[] {
  if (!returns) return []
  if (!remainder) {
    return [{ code: 'sale-unknown', sentence: 'The sale that something is brought back of does not exist.' }]
  }
  const excess = findExcess(lines, remainder)
  if (!excess) return []
  return [
    {
      code: 'returned-too-much',
      sentence: excessSentence(excess)
    }
  ]
}

function excessSentence({ name, left }: Excess): string {
  if (!left) return `That sale did not include ${name}, so it can’t be brought back from it.`
  const [units, money] = [shortest(inUnits(left.units)), inUnits(left.money)]
  return `Of ${name} at most ${units}, worth ${shortest(money)}, can still be brought back from that sale.`
}

/** Taken, as shops do, but somebody should know of it. */
function blindReturn(sale: Sale): Note[] {
  if (sale.returns || !sale.lines.some(isReturned)) return []
  const back = inUnits(totalOf(sale.lines.filter(isReturned)))
  return [
    {
      code: 'return-without-sale',
      detail: 'Brought back without the sale that it was bought in.',
      amount: positive(back)
    }
  ]
}

function noteOf(sale: Sale, { code, sentence }: Objection): Note {
  return { code, detail: sentence, amount: atStake(sale, code) }
}

function atStake({ lines, tenders }: Sale, code: string): Decimal {
  if (code === 'on-account-not-allowed' || (code === 'customer-unknown' && isOnAccount({ tenders })))
    return positive(tenders.onAccount)
  if (code.startsWith('manual-discount')) {
    return inUnits(totalOf(lines.filter((line) => !isReturned(line)).map(({ discount }) => ({ amount: discount }))))
  }
  return positive(
    inUnits(totalOf(code === 'returned-too-much' || code === 'sale-unknown' ? lines.filter(isReturned) : lines))
  )
}

const positive = (value: Decimal): Decimal => (value.startsWith('-') ? negated(value) : value)
