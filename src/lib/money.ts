import { line } from './fields.ts'
import type { Decimal, RegionalSettings } from './format.ts'
import { memoized } from './remembered.ts'

export type Currency = Pick<RegionalSettings, 'locale' | 'currency'>

/** The database stores three decimals of an amount, even for a currency with fewer. */
const MOST_DECIMALS = 3
const MOST_DIGITS = 9

/**
 * An amount of money as people type it in the retailer's language: "1,234.50", "$12", "-5". The result is its exact
 * decimal. An ambiguous amount is refused, such as "12,50" where commas separate thousands.
 */
export function amount(place: Currency) {
  const { decimals, example, read } = readerOf(place)
  return line('The amount', 40).transform((typed, context): Decimal => {
    const refuse = (message: string) => {
      context.addIssue(message)
      return '0'
    }
    if (typed === '') return refuse(`Enter an amount, such as ${example}.`)
    const parts = read(typed)
    if (!parts) return refuse(`Enter the amount as a number, such as ${example}.`)
    const { sign, whole, fraction } = parts
    if (fraction.length > decimals) return refuse(tooFine(place.currency, decimals))
    if (whole.length > MOST_DIGITS) return refuse('The amount is too large. Enter less than 1,000,000,000.')
    return `${sign}${whole}${fraction && `.${fraction}`}`
  })
}

/** Reads an amount in a filter that is written as on the screen ("$3,000"); undefined if the text is not an amount. */
export function readAmount(place: Currency, typed: string): Decimal | undefined {
  return amount(place).safeParse(typed).data
}

/** How many of something, as people type it: above or equal to 0, with up to three decimals. */
export function quantity(place: Currency) {
  const { read } = readerOf(place)
  return line('The quantity', 20).transform((typed, context): Decimal => {
    const parts = read(typed)
    const isRead = parts && parts.sign === '' && parts.fraction.length <= MOST_DECIMALS && parts.whole.length <= 6
    if (isRead) return `${parts.whole}${parts.fraction && `.${parts.fraction}`}`
    context.addIssue('Enter the quantity as a number, such as 2.')
    return '0'
  })
}

/** Writes decimals into the fields of a form, as amount() and quantity() read them again: "1234.50", or "1234,50". */
export function writerOf({ locale, currency }: Currency) {
  const ofMoney = decimalsOf(currency)
  const style = { useGrouping: false, maximumFractionDigits: MOST_DECIMALS }
  const numbers = new Intl.NumberFormat(`${locale}-u-nu-latn`, style)
  const amounts = new Intl.NumberFormat(`${locale}-u-nu-latn`, { ...style, minimumFractionDigits: ofMoney })
  return {
    amount: (value: Decimal) => amounts.format(value as Intl.StringNumericLiteral),
    quantity: (value: Decimal) => numbers.format(value as Intl.StringNumericLiteral)
  }
}

/** Whole thousandths of a plain decimal with up to three decimals: numbers that can be compared and added up exactly. */
export function thousandths(value: Decimal): bigint {
  const [whole = '', fraction = ''] = value.split('.')
  return BigInt(`${whole}${fraction.padEnd(3, '0')}`)
}

/** Thousandths as a decimal, with three decimals. */
export function inUnits(thousandths: bigint): Decimal {
  const digits = `${thousandths < 0n ? -thousandths : thousandths}`.padStart(4, '0')
  return `${thousandths < 0n ? '-' : ''}${digits.slice(0, -3)}.${digits.slice(-3)}`
}

/** Without the zeros that say nothing: "12.50" is "12.5", "10.00" is "10". */
export const shortest = (value: Decimal) => value.replace(/\.0*$|(\.\d*[1-9])0+$/, '$1')

/** With as many decimals as its currency has: "120.000" is "120.00", "-5" is "-5.00". More are kept if they say something. */
export function withDecimals(value: Decimal, decimals: number): Decimal {
  const [whole = '0', fraction = ''] = shortest(value).split('.')
  const padded = fraction.padEnd(decimals, '0')
  const text = padded ? `${whole}.${padded}` : whole
  return isNothing(text) ? text.replace('-', '') : text
}

/** How many decimals a currency has, of those that are kept. To ask Intl takes as long as to read a sale. */
export function decimalsOf(currency: string): number {
  return Number(decimals(currency))
}

const decimals = memoized((currency) => {
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions()
  return String(Math.min(maximumFractionDigits, MOST_DECIMALS))
})

export const isNothing = (value: Decimal) => /^-?0*(\.0*)?$/.test(value)
export const isNegative = (value: Decimal) => value.startsWith('-') && !isNothing(value)
export const negated = (value: Decimal) => (value.startsWith('-') ? value.slice(1) : `-${value}`)

function tooFine(currency: string, decimals: number): string {
  if (decimals === 0) return `Amounts in ${currency} have no decimals.`
  return `Amounts in ${currency} have at most ${decimals} decimals.`
}

interface Parts {
  sign: '' | '-'
  whole: string
  fraction: string
}

function readerOf({ locale, currency }: Currency) {
  const inLatin = `${locale}-u-nu-latn`
  const money = new Intl.NumberFormat(locale, { style: 'currency', currency })
  const decimals = Math.min(money.resolvedOptions().maximumFractionDigits ?? 2, MOST_DECIMALS)
  const sample = new Intl.NumberFormat(inLatin, {
    useGrouping: 'always',
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals
  })
  const wholes = new Intl.NumberFormat(inLatin, { useGrouping: 'always', maximumFractionDigits: 0 })
  const point = new Intl.NumberFormat(inLatin).formatToParts(1.5).find(({ type }) => type === 'decimal')?.value ?? '.'
  const group = asTyped(wholes.formatToParts(1_234_567).find(({ type }) => type === 'group')?.value ?? '')
  const names = namesOf(locale, currency)
  // A point that does not separate thousands can only be a decimal point, so it is accepted even where people write a
  // comma.
  const points = [...new Set([point, ...(group === '.' ? [] : ['.'])])].map((one) => `\\${one}`).join('')
  const pattern = new RegExp(`^([-+]?)([^${points}]*)(?:[${points}](\\d+))?$`)

  function read(typed: string): Parts | null {
    const [, sign = '', head = '', fraction = ''] = pattern.exec(withoutName(asTyped(typed), names)) ?? []
    const digits = group ? head.replaceAll(group, '') : head
    if (!/^\d*$/.test(digits) || digits.length > 30 || (digits === '' && fraction === '')) return null
    const whole = digits.replace(/^0+(?=\d)/, '') || '0'
    if (head !== digits && asTyped(wholes.format(BigInt(digits))) !== head) return null
    return { sign: sign === '-' ? '-' : '', whole, fraction }
  }

  return { decimals, example: sample.format(1234.5), read }
}

/** Replaces typographic spaces, minus signs and apostrophes by those of a keyboard. */
function asTyped(text: string): string {
  return text
    .replace(/\s/g, ' ')
    .replace(/[\u2012\u2013\u2212]/g, '-')
    .replaceAll('’', "'")
}

/** All names of a currency that people type: "$", "US$", "USD". The longest comes first. */
function namesOf(locale: string, currency: string): string[] {
  const displays = ['symbol', 'narrowSymbol', 'code'] as const
  const names = displays.map((currencyDisplay) => {
    const parts = new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay }).formatToParts(1)
    return parts.find(({ type }) => type === 'currency')?.value ?? currency
  })
  return [...new Set(names)].sort((one, other) => other.length - one.length)
}

function withoutName(typed: string, names: string[]): string {
  const [, sign = '', rest = ''] = /^([-+]?) ?(.*)$/.exec(typed) ?? []
  const name = names.find((one) => rest.startsWith(one) || rest.endsWith(one))
  if (!name) return sign + rest
  const bare = rest.startsWith(name) ? rest.slice(name.length) : rest.slice(0, -name.length)
  return sign + bare.trim()
}
