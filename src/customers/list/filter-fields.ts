/** The fields of a customer list's filter: how each is read from an address, and what is wrong with what can't be read. */
import { z } from 'zod'
import type { FieldErrors } from '../../lib/field-errors.ts'
import { line } from '../../lib/fields.ts'
import { type Currency, readAmount } from '../../lib/money.ts'
import { GENDERS } from '../gender.ts'
import { withoutQuotes } from '../locations.ts'

/**
 * An amount as an address says it. A fourth decimal is only ever the 0 that follows three of them: without it, the amount would
 * look as if it had thousands.
 */
const PLAIN = /^-?\d{1,12}(\.\d{1,3}0?)?$/
const money = z.string().regex(PLAIN, 'Total spent must be an amount such as 500 or 99.50.')
const days = whole('Days', 36_500)
const age = whole('Age', 150)
const orders = whole('Total orders', 1_000_000_000)
const day = z.iso
  .date('Customer since must be a date such as 2025-03-31.')
  .refine((value) => value >= '1880', 'Customer since must be in 1880 or later.')
const gender = z.enum([...GENDERS, 'not-said'], 'Gender must be female, male, other or not said.')

function whole(label: string, most: number) {
  return z
    .string()
    .regex(/^\d+$/, `${label} must be a whole number, 0 or more.`)
    .transform(Number)
    .refine((value) => value <= most, `${label} must be at most ${most.toLocaleString('en')}.`)
}

function optional<T extends z.ZodType<unknown, string>>(type: T) {
  const typed = z.string().trim()
  return typed
    .transform((value) => value || undefined)
    .pipe(type.optional())
    .optional()
}

export const fields = {
  q: line('The search', 200),
  group: line('The group', 80),
  location: line('The location', 82).refine(
    (place) => withoutQuotes(place).length <= 80,
    'The location must have at most 80 characters.'
  ),
  shop: line('The shop', 80),
  gender: optional(gender),
  'age-from': optional(age),
  'age-to': optional(age),
  'orders-from': optional(orders),
  'orders-to': optional(orders),
  'spent-from': optional(money),
  'spent-to': optional(money),
  'ordered-within': optional(days),
  'not-ordered-within': optional(days),
  'since-from': optional(day),
  'since-to': optional(day)
}
type Values = Partial<z.output<z.ZodObject<typeof fields>>>
export type Field = keyof typeof fields

type Texts = Record<string, string | undefined>

/** What was typed, with amounts as an address says them. */
export function inPlainAmounts(typed: Texts, place: Currency): Texts {
  const amounts = ['spent-from', 'spent-to'].map((name) => [name, plainAmount(typed[name], place)])
  return { ...typed, ...Object.fromEntries(amounts) }
}

/** Turns an amount that is typed as the retailer writes it ("$3,000") into one as an address says it; leaves all else as it is. */
function plainAmount(typed: string | undefined, place: Currency): string | undefined {
  const meant = typed?.trim() && readAmount(place, typed)
  if (!typed || !meant) return typed
  const isPlain = PLAIN.test(typed.trim()) && Number(typed) === Number(meant)
  return isPlain ? typed : meant.replace(/\.\d{3}$/, '$&0')
}

/** Pairs of fields, from and to, which must not cross. */
const RANGES = [
  { name: 'age', label: 'Age' },
  { name: 'orders', label: 'Total orders' },
  { name: 'spent', label: 'Total spent' },
  { name: 'since', label: 'Customer since' }
] as const

/** What is wrong with pairs that cross. The upper bound is named, and so it alone is left out. */
export function contradictions(values: Values): FieldErrors {
  const errors = RANGES.flatMap(({ name, label }): [string, string][] => {
    const [from, to] = [values[`${name}-from`], values[`${name}-to`]]
    if (from === undefined || to === undefined || compare(from, to) <= 0) return []
    return [[`${name}-to`, `“${label} to” can’t be ${name === 'since' ? 'before' : 'less than'} “${label} from”.`]]
  })
  return Object.fromEntries(errors)
}

/** Days are compared as texts, all else as numbers. */
function compare(from: string | number, to: string | number): number {
  const isDay = z.iso.date().safeParse(from).success
  return isDay ? String(from).localeCompare(String(to)) : Number(from) - Number(to)
}
