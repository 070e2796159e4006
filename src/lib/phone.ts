import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js'
import { remembered } from './remembered.ts'

/** A phone as people write it, in E.164 ("+12065550123"); null if it can't be one. Without a + it is the retailer's country's. */
export function parsePhone(text: string, country: string): string | null {
  const parsed = parsePhoneNumberFromString(text, { defaultCountry: toCountry(country), extract: false })
  return parsed?.isValid() ? parsed.number : null
}

/** "5" of "206 555 0187 ext 5", which parsePhone() leaves off. */
export function parseExtension(text: string, country: string): string | null {
  const parsed = parsePhoneNumberFromString(text, { defaultCountry: toCountry(country), extract: false })
  return parsed?.ext ?? null
}

/** As the retailer's staff would dial and say it. */
export function formatPhone(phone: string | null, country: string): string | null {
  return phone === null ? null : format(`${country} ${phone}`)
}

const format = remembered((key) => {
  const at = key.indexOf(' ')
  const [country, phone] = [key.slice(0, at), key.slice(at + 1)]
  const parsed = parsePhoneNumberFromString(phone)
  if (!parsed) return phone
  return parsed.country === country ? parsed.formatNational() : parsed.formatInternational()
})

function toCountry(country: string): CountryCode | undefined {
  return isSupportedCountry(country) ? country : undefined
}
