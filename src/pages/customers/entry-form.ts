import { z } from 'zod'
import { line, requiredLine } from '../../lib/fields.ts'
import type { RegionalSettings } from '../../lib/format.ts'
import { amount, isNegative, isNothing, negated } from '../../lib/money.ts'
import { TENDERS } from '../../sales/tenders.ts'

type Currency = Pick<RegionalSettings, 'locale' | 'currency'>

const MOST_YEARS = 5

/** The earliest day that a payment can have. An earlier one is more likely a wrong year. */
export const firstDay = (today: string) => `${Number(today.slice(0, 4)) - MOST_YEARS}${today.slice(4)}`

/** A payment's day; today if the field is empty. */
function paidOn(today: string) {
  return line('The date', 20)
    .transform((value) => value || today)
    .refine(
      (value) => z.iso.date().safeParse(value).success,
      'Enter a date that exists, as year-month-day: 2026-02-28.'
    )
    .refine((value) => value <= today, 'The date can’t be in the future.')
    .refine((value) => value >= firstDay(today), `The date is more than ${MOST_YEARS} years ago. Check the year.`)
}

const sure = z.string().max(120).catch('')

/**
 * Reads the form of a payment. A payment lowers what is owed, so its amount becomes negative. `sure` is the answer to a
 * doubt about it (src/sales/payments.ts).
 */
export function paymentForm(place: Currency, today: string) {
  const paid = amount(place).refine(
    (value) => !isNothing(value) && !isNegative(value),
    'A payment must be more than 0.'
  )
  return z
    .object({
      amount: paid.transform(negated),
      tender: z.enum(TENDERS, 'Choose how it was paid.'),
      paidOn: paidOn(today),
      reference: line('The reference', 100).transform((value) => value || null),
      sure
    })
    .transform((form) => ({ ...form, kind: 'payment' as const }))
}

const reason = requiredLine('The reason', 200, 'Enter a reason, so that others understand this entry later.')

/** Reads the form of an adjustment. Its amount may be positive or negative. */
export function adjustmentForm(place: Currency) {
  const adjusted = amount(place).refine((value) => !isNothing(value), 'An adjustment can’t be 0.')
  return z.object({ amount: adjusted, reason, sure }).transform((form) => ({ ...form, kind: 'adjustment' as const }))
}

const text = z.string().catch('')
const typed = z.object({ amount: text, tender: text, paidOn: text, reference: text, reason: text })

/** The typed values, to be shown again. */
export type EntryForm = z.output<typeof typed>
export const asTyped = (body: unknown): EntryForm => typed.parse(body ?? {})
export const emptyForm = asTyped({})
