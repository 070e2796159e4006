import { getCountries } from 'libphonenumber-js'
import { FURTHER_LOCALES, mostLocale, todaysName, type Usual, usualOf } from './usual.ts'

export interface Choice {
  value: string
  label: string
  /** What the form's other fields are set to when it is chosen, as a query string. */
  sets?: string
}

const regionName = new Intl.DisplayNames('en', { type: 'region' })
const currencyName = new Intl.DisplayNames('en', { type: 'currency' })
const localeName = new Intl.DisplayNames('en', { type: 'language', languageDisplay: 'standard' })

const countries: string[] = getCountries()
const currencies = Intl.supportedValuesOf('currency')
const timeZones = [...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC'].map(todaysName))]
const locales = [...new Set([...countries.map(mostLocale), ...FURTHER_LOCALES])]

const LISTS = {
  country: choices(countries, (code) => regionName.of(code)),
  timeZone: choices(timeZones, (name) => name.replaceAll('_', ' ')),
  currency: choices(currencies, (code) => `${currencyName.of(code)} (${code})`),
  locale: choices(locales, (tag) => localeName.of(tag))
}

/** Made when a form first asks. */
let usual: (Choice & { usual: Usual })[] | undefined

type Field = keyof typeof LISTS
export type Choices = Record<Field, Choice[]>

/** What a form calls a setting's value; one that it does not offer is called as it is. */
export function labelOf(field: string, value: string): string {
  const list = Object.entries(LISTS).find(([name]) => name === field)?.[1]
  return list?.find((one) => one.value === value)?.label ?? value
}

/** What a form offers, and in any case what it holds. A country brings its usual settings, but for the currency once that is fixed. */
export function choicesFor(form: Record<Field, string>, isCurrencyFixed = false): Choices {
  usual ??= LISTS.country.map((one) => ({ ...one, usual: usualOf(one.value) }))
  const countries = usual.map(({ usual: { currency, ...rest }, ...one }) => ({
    ...one,
    sets: String(new URLSearchParams(isCurrencyFixed || !currency ? rest : { ...rest, currency }))
  }))
  return {
    country: withValue(countries, form.country),
    timeZone: withValue(LISTS.timeZone, form.timeZone),
    currency: withValue(LISTS.currency, form.currency),
    locale: withValue(LISTS.locale, form.locale)
  }
}

export const isCountry = (value: string) => countries.includes(value)
export const isCurrency = (value: string) => currencies.includes(value)

/** Any name of the time zone database, older ones too. */
export function isTimeZone(value: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: value }))
  } catch {
    return false
  }
}

function withValue(list: Choice[], value: string): Choice[] {
  return list.some((one) => one.value === value) ? list : [{ value, label: value || 'Choose' }, ...list]
}

function choices(values: string[], label: (value: string) => string | undefined): Choice[] {
  const named = values.map((value) => ({ value, label: label(value) ?? value }))
  return named.sort((a, b) => a.label.localeCompare(b.label, 'en'))
}
