/** Which parts of a customer's name, e-mail and phone a search has met, to be highlighted in the list. */
import { memoized } from '../../lib/remembered.ts'
import { readSearch, SHORTEST_FRAGMENT } from './search.ts'

/** A piece of a text: the search has met all of it, or nothing of it. */
export interface Piece {
  text: string
  isMet: boolean
}

type Stretch = [from: number, to: number]

/** Letters that unaccent() of PostgreSQL spells out, and that Unicode does not take apart. */
const LETTERS: Record<string, string> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', ı: 'i', þ: 'th' }

/** Cuts texts into pieces where a search has met them. This is for the eye alone: who is found is up to the database. */
export class Highlighter {
  readonly #parts: string[]
  readonly #numbers: string[]

  constructor(q: string) {
    const { isNumber, words } = readSearch(q)
    this.#parts = words.map((word) => folded(word).letters).filter(Boolean)
    this.#numbers = isNumber ? words : words.filter((word) => /^\d{3,}$/.test(word))
  }

  /** One or two letters are looked for where a word begins, and in names alone. */
  name(text: string): Piece[] {
    return pieces(text, met(text, this.#parts))
  }

  email(text: string): Piece[] {
    const long = this.#parts.filter((part) => part.length >= SHORTEST_FRAGMENT)
    return pieces(text, met(text, long))
  }

  phone(shown: string, phone: string): Piece[] {
    return pieces(
      shown,
      this.#numbers.flatMap((digits) => metDigits(shown, phone.slice(1), digits) ?? [])
    )
  }
}

function met(text: string, parts: string[]): Stretch[] {
  const { letters, places } = folded(text)
  return parts.flatMap((part) => {
    const at = placeOf(letters, part)
    return at < 0 ? [] : [[places[at] ?? 0, places[at + part.length] ?? text.length] satisfies Stretch]
  })
}

/** The place where the part was met, or -1: rather where a word begins than within one. */
function placeOf(letters: string, part: string): number {
  const atBeginning = ` ${letters}`.indexOf(` ${part}`)
  return atBeginning >= 0 || part.length < SHORTEST_FRAGMENT ? atBeginning : letters.indexOf(part)
}

interface Folded {
  letters: string
  /** The place in the text that each letter came from. */
  places: number[]
}

/** A text as the database compares it: without accents and capitals, and with all signs alike. */
function folded(text: string): Folded {
  const places: number[] = []
  let letters = ''
  let place = 0
  for (const one of text) {
    const written = foldedLetter(one)
    for (let at = 0; at < written.length; at++) places.push(place)
    letters += written
    place += one.length
  }
  return { letters, places }
}

const foldedLetter = memoized((one) => {
  const plain = one.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  return [...plain].map((letter) => LETTERS[letter] ?? letter.replace(/[!-/:-@[-`{-~‘’ʼ]/, '-')).join('')
})

/** Where digits have met a phone: rather at its end than at its beginning, and rather there than in its middle (relevance.ts). */
function metDigits(shown: string, whole: string, digits: string): Stretch[] | null {
  const places = [...shown].flatMap((one, at) => (/\d/.test(one) ? [at] : []))
  const written = places.map((at) => shown[at]).join('')
  const stretch = (from: number, length: number): Stretch[] | null =>
    from < 0 || length < 1 ? null : [[places[from] ?? 0, (places[from + length - 1] ?? 0) + 1]]
  if (written.endsWith(digits)) return stretch(written.length - digits.length, digits.length)
  const national = written.replace(/^0+/, '')
  const before = written.length - national.length
  const withoutZeros = digits.replace(/^0+/, '')
  // The code of the retailer's own country is not shown.
  if (whole.startsWith(withoutZeros)) {
    const code = whole.length - national.length
    if (withoutZeros.length > code) return stretch(0, before + withoutZeros.length - code)
  }
  const at = places.findIndex((place, from) => written.startsWith(digits, from) && !/\d/.test(shown[place - 1] ?? ''))
  if (written.includes(digits)) return stretch(at >= 0 ? at : written.indexOf(digits), digits.length)
  return stretch(written.indexOf(withoutZeros, before), withoutZeros.length)
}

function pieces(text: string, stretches: Stretch[]): Piece[] {
  const found: Piece[] = []
  let end = 0
  for (const [from, to] of joined(stretches)) {
    found.push({ text: text.slice(end, from), isMet: false }, { text: text.slice(from, to), isMet: true })
    end = to
  }
  return [...found, { text: text.slice(end), isMet: false }].filter((piece) => piece.text !== '')
}

/** Stretches that touch or overlap become one. */
function joined(stretches: Stretch[]): Stretch[] {
  const apart: Stretch[] = []
  for (const [from, to] of stretches.toSorted(([one], [other]) => one - other)) {
    const last = apart.at(-1)
    if (last && from <= last[1]) last[1] = Math.max(last[1], to)
    else apart.push([from, to])
  }
  return apart
}
