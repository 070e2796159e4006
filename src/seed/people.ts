import { escapeForCopy, orCopyNull } from '../db/copy-text.ts'
import { WALK_IN_CUSTOMER } from '../db/fixed.ts'
import { type Calendar, calendarTo, DAYS, inTheMorning } from './calendar.ts'
import { COUNTRIES, type Country } from './countries.ts'
import { Dice, keyOf, pickCommon, shuffle, shuffled } from './dice.ts'
import type { Options } from './options.ts'

/** Ids of customers run from this up to, but without, FIRST_CUSTOMER + customers, in the order in which they joined. */
export const FIRST_CUSTOMER = WALK_IN_CUSTOMER + 1

export const CUSTOMER_COLUMNS =
  'customer (id, first_name, last_name, phone, email, birth_date, gender, location, created_at)'

const DOMAINS = ['example.com', 'example.org', 'example.net']
const YEAR = 365.25
const YOUNGEST = 16 * YEAR
const AGES = 78 * YEAR

/** The day on which a customer joined. Each year brings more customers than the one before. */
export function dayOfJoining(customer: number, { customers }: Options): number {
  return Math.floor(((customer - FIRST_CUSTOMER) / customers) ** 0.8 * DAYS)
}

export function* customerRows(options: Options): Generator<string> {
  const calendar = calendarTo(options.today)
  yield `${WALK_IN_CUSTOMER}\tWalk-in\tcustomer\t\\N\t\\N\t\\N\t\\N\t\\N\t${calendar.moment(inTheMorning(0))}\n`
  const dice = new Dice(options.seed, 'customer')
  const sources = COUNTRIES.flatMap((source) =>
    Array<LocalPeople>(source.share).fill(localPeopleOf(source, options.seed))
  )
  for (let id = FIRST_CUSTOMER; id < FIRST_CUSTOMER + options.customers; id++) {
    const local = sources[dice.for(id).whole(sources.length)]
    if (local) yield row(id, local, dice, calendar, dayOfJoining(id, options))
  }
}

function row(id: number, local: LocalPeople, dice: Dice, calendar: Calendar, joined: number): string {
  const isFemale = dice.happens(0.52)
  const first = pickCommon(isFemale ? local.female : local.male, dice)
  const last = dice.happens(0.02) ? NAMELESS : pickCommon(isFemale ? local.lastFemale : local.lastMale, dice)
  const reach = dice.next()
  const phone = reach < 0.1 ? null : local.phoneOf(id)
  const email = reach > 0.85 ? null : emailOf(id, first, last, dice)
  const birthDate = dice.happens(0.2) ? null : birthDateOf(dice, calendar)
  const city = dice.happens(0.05) ? null : pickCommon(local.cities, dice)
  const values = [id, first.text, last.text, phone, email, birthDate, genderOf(isFemale, dice), city]
  return `${values.map(orCopyNull).join('\t')}\t${calendar.moment(inTheMorning(joined))}\n`
}

function emailOf(id: number, first: Name, last: Name, dice: Dice): string {
  const parts = [first.ascii, last.ascii, String(id)].filter(Boolean)
  return `${parts.join('.')}@${pickCommon(DOMAINS, dice)}`
}

function birthDateOf(dice: Dice, calendar: Calendar): string {
  const days = YOUNGEST + ((dice.next() + dice.next()) / 2) * AGES
  return calendar.day(DAYS - Math.floor(days))
}

function genderOf(isFemale: boolean, dice: Dice): string | null {
  const chance = dice.next()
  if (chance < 0.12) return null
  if (chance < 0.13) return 'other'
  return isFemale ? 'female' : 'male'
}

interface Name {
  text: string
  /** The part of the name that an e-mail address can hold, which is nothing for other scripts. */
  ascii: string
}

const NAMELESS: Name = { text: '', ascii: '' }

type LocalPeople = ReturnType<typeof localPeopleOf>

/**
 * A country with its names and cities shuffled. Their alphabetical order would say nothing about how common they are.
 */
function localPeopleOf({ names, cities, phones }: Country, seed: number) {
  const { first_name: first, last_name: last } = names
  const named = (list: readonly string[] | undefined) => shuffled(list ?? [], keyOf(seed, 'names')).map(nameOf)
  const anyLast = last.generic ?? []
  return {
    female: named(first.female),
    male: named(first.male),
    lastFemale: named(last.female?.length ? last.female : anyLast),
    lastMale: named(last.male?.length ? last.male : anyLast),
    cities: shuffled(cities, keyOf(seed, 'cities')).map(escapeForCopy),
    phoneOf: phoneBook(phones, seed)
  }
}

const PLAIN: Record<string, string> = { ł: 'l', ı: 'i', ß: 'ss', ø: 'o' }

function nameOf(text: string): Name {
  const plain = text.toLowerCase().replace(/[łıßø]/g, (letter) => PLAIN[letter] ?? '')
  return { text: escapeForCopy(text), ascii: plain.normalize('NFD').replace(/[^a-z]/g, '') }
}

/** Gives each id a phone number of its own, because a shuffle never yields the same number twice. */
function phoneBook({ prefixes, digits }: Country['phones'], seed: number): (id: number) => string {
  const lines = 10 ** digits
  const order = shuffle(prefixes.length * lines, keyOf(seed, 'phones'))
  return (id) => {
    const number = order(id)
    return prefixes[Math.floor(number / lines)] + String(number % lines).padStart(digits, '0')
  }
}
