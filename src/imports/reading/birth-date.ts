import { EARLIEST_BIRTH } from '../../customers/checks.ts'
import type { Form } from './cell.ts'

export interface ReadDate {
  dayFirst: string | null
  monthFirst: string | null
  message: string | null
}

type Months = (word: string) => number | null

const TIME = /(?<=\d)[T ,]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[ap]\.?m\.?)?\s*(?:z|[+-]\d{2}:?\d{2})?$/i
const SEPARATOR = String.raw`\s*[./\s-]\s*`
const YEAR_FIRST = new RegExp(`^(\\d{4})${SEPARATOR}(\\d{1,2})${SEPARATOR}(\\d{1,2})\\.?$`)
const COMPACT = /^(\d{4})(\d{2})(\d{2})$/
const YEAR_LAST = new RegExp(`^(\\d{1,2})${SEPARATOR}(\\d{1,2})${SEPARATOR}(\\d{4})\\.?$`)
const SHORT_YEAR = new RegExp(`^\\d{1,2}${SEPARATOR}\\d{1,2}${SEPARATOR}['’]?\\d{2}$`)
/** An age: "45", "45 years old". */
const AGE = /^(?:[1-9]\d?|1[0-2]\d)\s*(?:y|yo|y\.?o\.?|yrs?|years?)?\.?(?:\s*old)?$/i
const SERIAL = /^\d{5}(?:[.,]\d+)?$/
/** Words around the name of a month: "the 29th of February", "29 de febrero de 1984". */
const FILLERS = new Set(['the', 'of', 'st', 'nd', 'rd', 'th', 'de', 'del', 'di', 'd', 'den', 'am', 'le', 'er', 'o'])
const LONGEST = 60

export const NO_DATE: ReadDate = { dayFirst: null, monthFirst: null, message: null }

const wrong = (message: string): ReadDate => ({ ...NO_DATE, message })

const TWO_DIGITS = wrong('Enter the year with four digits: 1984, not 84.')
const NUMBERED = wrong(
  'Your spreadsheet saved this date as a number. Format the column as a date, year-month-day, and save the file again.'
)

function age(text: string): ReadDate {
  return wrong(`“${text}” looks like an age. Enter the birth date with day, month and year, or leave the cell empty.`)
}

/** Reads a date with the day first and with the month first. It has a message only if it is wrong both ways. */
export function readDate(form: Form, months: Months, today: string, text: string): ReadDate {
  const date = text.length > LONGEST ? '' : plain(text)
  if (SHORT_YEAR.test(date)) return TWO_DIGITS
  if (SERIAL.test(date)) return NUMBERED
  if (AGE.test(date)) return age(date)
  const read = parse(date, months)
  if (read === 'short') return TWO_DIGITS
  const [dayFirst, monthFirst] = read ?? [null, null]
  const message = whyNot(dayFirst ?? monthFirst) && whyNot(monthFirst ?? dayFirst)
  return { dayFirst, monthFirst, message }

  function whyNot(date: string | null): string | null {
    if (date && date >= EARLIEST_BIRTH && date <= today) return null
    return form('birthDate', date ?? 'none').message
  }
}

/** Removes a time of day, and replaces the Chinese and Japanese words for year, month and day by separators. */
function plain(text: string): string {
  return text
    .replace(TIME, '')
    .replace(/[年月]/g, '-')
    .replace(/日$/, '')
    .trim()
}

function parse(date: string, months: Months): [string | null, string | null] | 'short' | null {
  const [, year, month, day] = YEAR_FIRST.exec(date) ?? COMPACT.exec(date) ?? []
  if (year && month && day) return both(toDate(year, month, day))
  const [, first, second, last] = YEAR_LAST.exec(date) ?? []
  if (first && second && last) return [toDate(last, second, first), toDate(last, first, second)]
  return parseNamed(date, months)
}

/** Reads a date with the name of a month, in any order. */
function parseNamed(date: string, months: Months): [string | null, string | null] | 'short' | null {
  const words = date.match(/\p{L}[\p{L}\p{M}]*|\d+|[^\p{L}\d\s.,/'’-]+/gu) ?? []
  const numbers = words.filter((word) => /^\d+$/.test(word))
  const named = words.flatMap((word) => months(word) ?? [])
  const strange = words.filter(
    (word) => !/^\d+$/.test(word) && months(word) === null && !FILLERS.has(word.toLowerCase())
  )
  const [month] = named
  if (!month || named.length > 1 || numbers.length !== 2 || strange.length > 0) return null
  const year = numbers.find((number) => number.length === 4)
  const day = numbers.find((number) => number.length <= 2)
  if (!year) return numbers.every((number) => number.length <= 2) ? 'short' : null
  return day ? both(toDate(year, String(month), day)) : null
}

const both = (date: string | null): [string | null, string | null] => [date, date]

function toDate(year: string, month: string, day: string): string | null {
  const [number, last] = [Number(day), daysOf(Number(year), Number(month))]
  if (number < 1 || number > last) return null
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
}

function daysOf(year: number, month: number): number {
  if (month < 1 || month > 12) return 0
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}
