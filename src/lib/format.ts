/** A value that does not exist is shown as an em dash, never as 0 or null (docs/rules.md, 11). */
export const DASH = '—'

import { balanceStanding, owesText } from './balance.ts'
import { formatPhone } from './phone.ts'
import type { Range, RowCount } from './range.ts'
import { memoized } from './remembered.ts'

export interface RegionalSettings {
  /** Phone numbers of this country are shown without their country code. */
  country: string
  locale: string
  currency: string
  timeZone: string
}

/**
 * Numbers, money and dates as the retailer writes them. Decimals such as money are passed as text, so that no cent is
 * lost.
 */
export function createFormat({ country, locale, currency, timeZone }: RegionalSettings) {
  const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 3, signDisplay: 'negative' })
  const money = new Intl.NumberFormat(locale, { style: 'currency', currency, signDisplay: 'negative' })
  const percent = new Intl.NumberFormat(locale, {
    style: 'percent',
    minimumFractionDigits: 1,
    maximumFractionDigits: 1
  })
  const percentage = new Intl.NumberFormat(locale, { style: 'unit', unit: 'percent', maximumFractionDigits: 2 })
  const short = { notation: 'compact', trailingZeroDisplay: 'stripIfInteger' } as const
  const shortNumbers = new Intl.NumberFormat(locale, short)
  const shortMoney = new Intl.NumberFormat(locale, { ...short, style: 'currency', currency })
  const times = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
  const monthName = new Intl.DateTimeFormat(locale, { month: 'short', timeZone: 'UTC' })
  const month = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' })
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone })
  const days = memoized((value) => day.format(new Date(value)))
  const calendarDay = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' })
  const moment = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone })
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'short', timeZone })
  const instant = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium', timeZone })
  const price = (value: Decimal) => money.format(value as Intl.StringNumericLiteral)
  const total = ({ count, isMore }: RowCount) => `${isMore ? 'over ' : ''}${numbers.format(count)}`

  return {
    number: (value: number | Decimal | null) =>
      value === null ? DASH : numbers.format(value as Intl.StringNumericLiteral),
    money: (value: Decimal | null) => (value === null ? DASH : price(value)),
    owes: (balance: Decimal) => owesText(balance, price),
    standing: balanceStanding,
    /** A number in its shortest form, for an axis: "1.5K". */
    shortNumber: (value: number) => shortNumbers.format(value),
    shortMoney: (value: number) => shortMoney.format(value),
    /** A multiple: "1.8×". */
    times: (value: number | null) => (value === null ? DASH : `${times.format(value)}×`),
    /** Of hundred: "12.5" is 12.5%. */
    percentage: (value: Decimal) => percentage.format(value as Intl.StringNumericLiteral),
    percent: (value: number | null) => (value === null ? DASH : percent.format(value)),
    /** The day of a moment in the retailer's time zone. */
    day: (value: string | Date | null) => (value === null ? DASH : days(isoTextOf(value))),
    moment: (value: string | Date | null) => (value === null ? DASH : moment.format(new Date(value))),
    /** A moment that is probably today: its time alone if it is, otherwise its date and time. */
    at: (value: string | Date, now: Date) => {
      const at = new Date(value)
      return (dayIn(timeZone, at) === dayIn(timeZone, now) ? time : moment).format(at)
    },
    /** The date and time of a moment, to the second. */
    instant: (value: string | Date) => instant.format(new Date(value)),
    /** A calendar day (YYYY-MM-DD). It is not converted to any time zone. */
    date: (value: string | null) => (value === null ? DASH : calendarDay.format(new Date(`${value}T00:00:00Z`))),
    /** The month of a calendar day: "November 2026". monthName() has the short form: "Nov". */
    month: (value: string) => month.format(new Date(`${value}T00:00:00Z`)),
    monthName: (value: string) => monthName.format(new Date(`${value}T00:00:00Z`)),
    iso: (value: string | Date) => iso(isoTextOf(value)),
    daysAgo: (days: number | null) => daysAgo(days, numbers),
    phone: (value: string | null) => formatPhone(value, country) ?? DASH,
    count: (value: number, one: string, many = `${one}s`) => `${numbers.format(value)} ${value === 1 ? one : many}`,
    /** How many rows match: "5 of 793 customers", or "793 customers" if all of them do. */
    found: (found: number | RowCount, all: number, one: string) => {
      const some = typeof found === 'number' ? { count: found, isMore: false } : found
      const everyone = `${numbers.format(all)} ${all === 1 ? one : `${one}s`}`
      return some.count === all && !some.isMore ? everyone : `${total(some)} of ${everyone}`
    },
    total,
    /**
     * Which rows a page shows: "26 to 50 of 288" or "1 to 25 of over 10,000"; only "25 of 288" where the position is
     * not known.
     */
    range: (range: Range) => {
      const place = positionText(range, numbers)
      if (range.total === null) return place
      return range.length ? `${place} of ${total(range.total)}` : total(range.total)
    },
    text: (value: string | number | null) => value ?? DASH,
    yesNo: (value: boolean) => (value ? 'yes' : 'no')
  }
}

/**
 * The positions of a page's rows: "26 to 50", or "26" for a single row. Their number alone, "25", where these are not
 * known.
 */
function positionText({ first, length }: Range, numbers: Intl.NumberFormat): string {
  if (first === null) return numbers.format(length)
  const last = numbers.format(first + length - 1)
  return length === 1 ? last : `${numbers.format(first)} to ${last}`
}

const iso = memoized((value) => new Date(value).toISOString())

function isoTextOf(value: string | Date): string {
  return typeof value === 'string' ? value : value.toISOString()
}

/** A decimal number as PostgreSQL writes it, such as "2839.610". */
export type Decimal = string
export type Format = ReturnType<typeof createFormat>

function daysAgo(days: number | null, numbers: Intl.NumberFormat): string {
  if (days === null) return 'never'
  if (days <= 0) return 'today'
  return days === 1 ? 'yesterday' : `${numbers.format(days)} days ago`
}

const zones = new Map<string, Intl.DateTimeFormat>()

/** The calendar day (YYYY-MM-DD) that it is at a moment in a time zone. */
export function dayIn(timeZone: string, moment: Date): string {
  // A formatter is slow to make, and every request needs one, so each time zone's is kept.
  const day = zones.get(timeZone) ?? new Intl.DateTimeFormat('en', { timeZone, ...WHOLE_DAY })
  zones.set(timeZone, day)
  const parts = day.formatToParts(moment)
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? ''
  return `${part('year')}-${part('month')}-${part('day')}`
}

const WHOLE_DAY = { year: 'numeric', month: '2-digit', day: '2-digit' } as const
