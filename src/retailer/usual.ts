import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import cldr from 'cldr-bcp47/bcp47/timezone.json' with { type: 'json' }
import currencies from 'country-to-currency'

declare global {
  namespace Intl {
    interface Locale {
      /** Node has it; TypeScript's library does not know it yet. */
      getTimeZones(): string[] | undefined
    }
  }
}

/** What most shops of a country choose; what nobody knows of it is missing. */
export interface Usual {
  timeZone?: string
  currency?: string
  locale?: string
}

interface City {
  iso2: string
  timezone: string
  pop: number | null
}

interface Zone {
  /** All of its names, the one that CLDR began with first. */
  _alias?: string
  /** The one that the time zone database has now, where that is another. */
  _iana?: string
  _deprecated?: boolean
}

/** Where more than the commonest language is in official use, or English is what shops write. */
export const FURTHER_LOCALES = `
  ca-ES cy-GB de-BE de-LU en-AE en-HK en-IL en-IN en-KE en-MY en-PH en-PK en-ZA es-US eu-ES fr-BE fr-CA fr-CH fr-DZ fr-LU
  fr-MA ga-IE gl-ES it-CH nn-NO ru-BY ru-KZ sv-FI ta-SG zh-SG
`
  .split(/\s+/)
  .filter(Boolean)

/** Each name that a time zone has had, with the one of today. Node's own lists have Asia/Calcutta. */
const today = new Map(Object.values<string | Zone>(cldr.keyword.u.tz).flatMap(namesOf))

function namesOf(zone: string | Zone): [string, string][] {
  if (typeof zone === 'string' || zone._deprecated) return []
  const names = zone._alias?.split(' ') ?? []
  return names.map((name) => [name, zone._iana ?? names[0] ?? name])
}

export function todaysName(zone: string): string {
  return zone === 'UTC' ? zone : (today.get(zone) ?? zone)
}

export function usualOf(country: string): Usual {
  const timeZone = usualZone(country)
  const currency = country in currencies ? currencies[country as keyof typeof currencies] : undefined
  return { ...(timeZone && { timeZone }), ...(currency && { currency }), locale: usualLocale(country) }
}

/** The words on our screens are English: where that is usual too, so are the dates. */
function usualLocale(country: string): string {
  const english = `en-${country}`
  return FURTHER_LOCALES.includes(english) ? english : mostLocale(country)
}

/** How most people in a country write numbers and dates. */
export function mostLocale(country: string): string {
  const { language } = new Intl.Locale(`und-${country}`).maximize()
  return toLocale(`${language}-${country}`) ?? `en-${country}`
}

/** A language tag (BCP 47) as it is properly written, if numbers and dates can be written in that way; else null. */
export function toLocale(value: string): string | null {
  try {
    return Intl.NumberFormat.supportedLocalesOf(value)[0] ?? null
  } catch {
    return null
  }
}

/** Of a country's time zones the one that most people in its cities live by. */
function usualZone(country: string): string | undefined {
  const all = new Intl.Locale(`und-${country}`).getTimeZones() ?? []
  const people = (zone: string) => peopleBy().get(`${country} ${zone}`) ?? 0
  return all.map(todaysName).sort((a, b) => people(b) - people(a))[0]
}

let counted: Map<string, number> | undefined

/** How many people in a country's cities live by a time zone. The file is read when somebody first asks, and let go of: it has 2 MB. */
function peopleBy(): Map<string, number> {
  if (counted) return counted
  counted = new Map()
  const file = createRequire(import.meta.url).resolve('city-timezones/data/cityMap.json')
  const cities: City[] = JSON.parse(readFileSync(file, 'utf8'))
  for (const { iso2, timezone, pop } of cities) {
    const key = `${iso2} ${todaysName(timezone)}`
    counted.set(key, (counted.get(key) ?? 0) + (pop ?? 0))
  }
  return counted
}
