import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js'

/** A phone as people write it, in E.164 ("+12065550123"); null if it can't be one. Without a + it is the retailer's country's. */
export function parsePhone(text: string, country: string): string | null {
  const parsed = parsePhoneNumberFromString(text, { defaultCountry: toCountry(country), extract: false })
  return parsed?.isValid() ? parsed.number : null
}

/** A page's phones take a tenth of its time, and the same customers are looked at again and again; some 100 bytes each. */
const MOST_KNOWN = 2_000
const known = new Map<string, string>()

/** As the retailer's staff would dial and say it. */
export function formatPhone(phone: string | null, country: string): string | null {
  if (phone === null) return null
  const key = country + phone
  const formatted = known.get(key) ?? format(phone, country)
  if (known.size >= MOST_KNOWN) known.clear()
  known.set(key, formatted)
  return formatted
}

function format(phone: string, country: string): string {
  const parsed = parsePhoneNumberFromString(phone)
  if (!parsed) return phone
  return parsed.country === country ? parsed.formatNational() : parsed.formatInternational()
}

function toCountry(country: string): CountryCode | undefined {
  return isSupportedCountry(country) ? country : undefined
}
