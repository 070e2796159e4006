import { faker } from '@faker-js/faker/locale/en'
import type { Gender } from '../customers/gender.ts'
import { AREA_CODES } from './area-codes.ts'
import { chance, wholeChance } from './chance.ts'
import type { Shopper } from './superstore.ts'

const { female = [], male = [] } = faker.definitions.person.first_name
const FEMALE_NAMES = new Set(female)
const MALE_NAMES = new Set(male)

/**
 * Birth dates are between fixed days, because they must not depend on when the demo is loaded. Everybody is from 18 to
 * 80 years old until the end of 2029.
 */
const OLDEST_BORN = Date.UTC(1949, 0, 1)
const BORN_WITHIN_DAYS = 57 * 365
const DAY_MS = 24 * 60 * 60 * 1000

/** In every area code, 555-0100 to 555-0199 are reserved for fiction. */
const FICTIONAL_NUMBERS = 100

const DOMAINS = ['example.com', 'example.org', 'example.net'] as const
const SEPARATORS = ['.', '_', ''] as const

/** Makes up what the data lacks about its customers from what it has. */
export function makePeople(shoppers: Shopper[]) {
  const byState = Map.groupBy(shoppers, (shopper) => shopper.state)
  return shoppers.map((shopper) => {
    const [firstName, lastName] = splitName(shopper.name)
    return {
      key: shopper.key,
      segment: shopper.segment,
      first_name: firstName,
      last_name: lastName,
      phone: phoneIn(shopper.state, byState.get(shopper.state)?.indexOf(shopper) ?? 0),
      email: emailOf(firstName, lastName),
      birth_date: birthDateOf(shopper.key),
      gender: genderOf(shopper.key, firstName),
      location: shopper.city
    }
  })
}

function splitName(name: string): [string, string] {
  const [first = '', ...rest] = name.split(' ')
  return [first, rest.join(' ')]
}

/**
 * The n-th phone number of a state. It takes each area code in turn, then the next line of each; steps of 37 visit all
 * 100 lines.
 */
function phoneIn(state: string, place: number): string {
  const codes = AREA_CODES[state]?.split(' ') ?? []
  const code = codes[place % codes.length]
  if (!code) throw new Error(`No area code is known for ${state}`)
  const line =
    (wholeChance(FICTIONAL_NUMBERS, 'phone', code) + 37 * Math.floor(place / codes.length)) % FICTIONAL_NUMBERS
  return `+1${code}55501${String(line).padStart(2, '0')}`
}

function emailOf(firstName: string, lastName: string): string {
  const parts = [firstName, lastName].map(asciiLetters).filter(Boolean)
  const name = `${firstName} ${lastName}`
  const separator = SEPARATORS[wholeChance(SEPARATORS.length, 'separator', name)]
  return `${parts.join(separator)}@${DOMAINS[wholeChance(DOMAINS.length, 'domain', name)]}`
}

function asciiLetters(text: string): string {
  return text
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z]/g, '')
}

function birthDateOf(key: string): string | null {
  if (chance('has birth date', key) < 0.05) return null
  const born = new Date(OLDEST_BORN + wholeChance(BORN_WITHIN_DAYS, 'born', key) * DAY_MS)
  return born.toISOString().slice(0, 10)
}

/** The gender that a first name suggests; null if it suggests none. */
function genderOf(key: string, firstName: string): Gender | null {
  if (chance('other gender', key) < 0.01) return 'other'
  if (FEMALE_NAMES.has(firstName) === MALE_NAMES.has(firstName)) return null
  return FEMALE_NAMES.has(firstName) ? 'female' : 'male'
}
