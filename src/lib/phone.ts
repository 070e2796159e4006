import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js'
import { memoized } from './remembered.ts'

/**
 * Reads a phone number as people write it and returns it in E.164 ("+12065550123"); null if it can't be one. A number
 * without a + belongs to `country`, which is the retailer's.
 */
export function parsePhone(text: string, country: string): string | null {
  const parsed = parsePhoneNumberFromString(text, { defaultCountry: toCountry(country), extract: false })
  return parsed?.isValid() ? parsed.number : null
}

/** The extension of a phone number, such as "5" of "206 555 0187 ext 5". parsePhone() leaves it out. */
export function parseExtension(text: string, country: string): string | null {
  const parsed = parsePhoneNumberFromString(text, { defaultCountry: toCountry(country), extract: false })
  return parsed?.ext ?? null
}

/** A phone number as people in `country` dial it: without the country code if it is one of theirs. */
export function formatPhone(phone: string | null, country: string): string | null {
  return phone === null ? null : format(`${country} ${phone}`)
}

const format = memoized((key) => {
  const at = key.indexOf(' ')
  const [country, phone] = [key.slice(0, at), key.slice(at + 1)]
  const parsed = parsePhoneNumberFromString(phone)
  if (!parsed) return phone
  return parsed.country === country ? parsed.formatNational() : parsed.formatInternational()
})

function toCountry(country: string): CountryCode | undefined {
  return isSupportedCountry(country) ? country : undefined
}
