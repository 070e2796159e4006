import { getCountries } from 'libphonenumber-js'

export interface Choice {
  value: string
  label: string
}

/** Where more than the commonest language is in official use, or English is what shops write. */
const FURTHER_LOCALES = `
  ca-ES cy-GB de-BE de-LU en-AE en-HK en-IL en-IN en-KE en-MY en-PH en-PK en-ZA es-US eu-ES fr-BE fr-CA fr-CH fr-DZ fr-LU
  fr-MA ga-IE gl-ES it-CH nn-NO ru-BY ru-KZ sv-FI ta-SG zh-SG
`
  .split(/\s+/)
  .filter(Boolean)

const regionName = new Intl.DisplayNames('en', { type: 'region' })
const currencyName = new Intl.DisplayNames('en', { type: 'currency' })
const localeName = new Intl.DisplayNames('en', { type: 'language', languageDisplay: 'standard' })

const countries: string[] = getCountries()
const currencies = Intl.supportedValuesOf('currency')
const timeZones = [...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC'])]
const locales = [...new Set([...countries.map(usualLocale), ...FURTHER_LOCALES])]

const LISTS = {
  country: choices(countries, (code) => regionName.of(code)),
  timeZone: choices(timeZones, (name) => name.replaceAll('_', ' ')),
  currency: choices(currencies, (code) => `${currencyName.of(code)} (${code})`),
  locale: choices(locales, (tag) => localeName.of(tag))
}

type Field = keyof typeof LISTS
export type Choices = Record<Field, Choice[]>

/** What a form offers, and in any case what it holds. */
export function choicesFor(form: Record<Field, string>): Choices {
  return {
    country: withValue(LISTS.country, form.country),
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

/** A language tag (BCP 47) as it is properly written, if numbers and dates can be written in that way; else null. */
export function toLocale(value: string): string | null {
  try {
    return Intl.NumberFormat.supportedLocalesOf(value)[0] ?? null
  } catch {
    return null
  }
}

/** How most people in a country write numbers and dates. */
function usualLocale(country: string): string {
  const { language } = new Intl.Locale(`und-${country}`).maximize()
  return toLocale(`${language}-${country}`) ?? `en-${country}`
}

function withValue(list: Choice[], value: string): Choice[] {
  return list.some((one) => one.value === value) ? list : [{ value, label: value || 'Choose' }, ...list]
}

function choices(values: string[], label: (value: string) => string | undefined): Choice[] {
  const named = values.map((value) => ({ value, label: label(value) ?? value }))
  return named.sort((a, b) => a.label.localeCompare(b.label, 'en'))
}
