import { z } from 'zod'
import { type FieldErrors, fieldErrors } from '../../lib/field-errors.ts'
import type { Format } from '../../lib/format.ts'
import type { Currency } from '../../lib/money.ts'
import type { Direction, Place } from '../../lib/paging.ts'
import { placeFields } from '../../lib/paging.ts'
import { withQuery } from '../../lib/url.ts'
import { COLUMNS, type SortKey } from './columns.ts'
import { AMOUNTS, crossed, type Field, fields, plainAmount, schema, type Values } from './filter-fields.ts'
import { Marker } from './highlights.ts'
import { readSearch } from './search.ts'

const view = z.object({
  count: z.literal('all').optional().catch(undefined),
  sort: z
    .enum(Object.keys(COLUMNS) as [SortKey, ...SortKey[]])
    .optional()
    .catch(undefined),
  dir: z.enum(['asc', 'desc']).optional().catch(undefined),
  ...placeFields
})

export interface Chip {
  /** The field that it is a value of. */
  name?: string
  label: string
  /** The same list without this condition. */
  href: string
}

/**
 * Which customers a list holds, and how it is looked at: one value that is URL, form, chips and query at once.
 * Conditions that can't be read are left out and named in `errors`; what was typed for them stays in `typed`.
 */
export class CustomerFilter {
  readonly values: Values
  /** The conditions in force, as a URL says them: no blanks, no defaults. */
  readonly params: Record<string, string>
  readonly errors: FieldErrors
  readonly typed: Partial<Record<Field, string>>
  readonly sort: SortKey
  readonly direction: Direction
  readonly place: Place
  /** What is searched for comes in the order in which it fits, as nobody chose another. */
  readonly isBestFirst: boolean
  /** Somebody wants the number found exactly, however large it is. */
  readonly countsAll: boolean

  private constructor(
    values: Values,
    errors: FieldErrors,
    typed: Partial<Record<Field, string>>,
    look: z.output<typeof view>
  ) {
    this.values = values
    this.params = Object.fromEntries(
      Object.entries(values).flatMap(([name, value]) =>
        value === undefined || value === '' ? [] : [[name, String(value)]]
      )
    )
    this.errors = errors
    this.typed = typed
    this.sort = look.sort ?? 'name'
    this.direction = look.dir ?? COLUMNS[this.sort].first
    this.isBestFirst = Boolean(values.q) && look.sort === undefined && look.dir !== 'desc'
    this.place = { after: look.after, before: look.before }
    this.countsAll = look.count === 'all'
  }

  /** From an address; or, with the retailer's place, from what people type as well. */
  static from(query: Record<string, unknown>, place?: Currency): CustomerFilter {
    const typed = Object.fromEntries(Object.keys(fields).map((name) => [name, lastText(query[name])]))
    const said = place ? { ...typed, ...plainAmounts(typed, place) } : typed
    const parsed = schema.safeParse(said)
    const unreadable = parsed.success ? {} : fieldErrors(parsed.error)
    const readable = parsed.success ? parsed.data : schema.parse(without(said, unreadable))
    const errors = { ...unreadable, ...crossed(readable) }
    return new CustomerFilter(without(readable, errors), errors, typed, view.parse(query))
  }

  /** Shows in what is found where the search met it; null without a search. */
  get marker(): Marker | null {
    return this.values.q ? new Marker(this.values.q) : null
  }

  /** What to do where nobody is found. */
  get advice(): string {
    const { q } = this.values
    if (!q) return 'Remove a filter to see more.'
    const orFilter = this.panelCount ? ' Or remove a filter.' : ''
    if (readSearch(q).isNumber) return `Check the number, or type fewer digits.${orFilter}`
    const words = q.includes('@')
      ? 'Check the address, or type less of it.'
      : 'Check the spelling, or type less of the name.'
    return words + orFilter
  }

  get isActive(): boolean {
    return Object.keys(this.params).length > 0
  }

  get hasErrors(): boolean {
    return Object.keys(this.errors).length > 0
  }

  /** How many conditions stand in the panel, the search box aside. */
  get panelCount(): number {
    return Object.keys(this.params).filter((name) => name !== 'q').length
  }

  /** How the list is looked at, where it is not as nobody chose it: best first where something is searched for, else by name. */
  get look(): Record<string, string> {
    const { first } = COLUMNS[this.sort]
    const isByName = this.sort === 'name' && (this.isBestFirst || !this.values.q)
    return {
      ...(!isByName && { sort: this.sort }),
      ...(this.direction !== first && { dir: this.direction })
    }
  }

  /** What can't be read goes along as it was typed: no list, file or choice is ever of the other half alone. */
  href(path: string, changes: Record<string, string | null> = {}): string {
    const wrong = Object.keys(this.errors).map((name) => [name, this.typed[name as Field]])
    return withQuery(path, { ...Object.fromEntries(wrong), ...this.params, ...this.look, ...changes })
  }

  /** This very page of the list. */
  placeHref(path: string): string {
    const { after = null, before = null } = this.place
    return this.href(path, { after, before, count: this.countsAll ? 'all' : null })
  }

  /** This page with everybody counted. */
  countHref(path: string): string {
    const { after = null, before = null } = this.place
    return this.href(path, { after, before, count: 'all' })
  }

  /** The same list sorted by a column; by the one it is sorted by already, the other way round. */
  sortHref(path: string, key: SortKey): string {
    const { first } = COLUMNS[key]
    const turned = this.direction === 'asc' ? 'desc' : 'asc'
    const direction = this.sortState(key) === 'none' ? first : turned
    const isUsual = key === 'name' && !this.values.q
    return this.href(path, { sort: isUsual ? null : key, dir: direction === first ? null : direction })
  }

  /** As the head of a column says it. */
  sortState(key: SortKey): 'ascending' | 'descending' | 'none' {
    if (this.isBestFirst || key !== this.sort) return 'none'
    return this.direction === 'asc' ? 'ascending' : 'descending'
  }

  chips(path: string, f: Format): Chip[] {
    const words: Record<Field, (value: string) => string> = {
      q: (value) => `“${value}”`,
      group: (value) => `Group: ${value}`,
      location: (value) => `Location: ${value}`,
      gender: (value) => `Gender: ${value.replace('-', ' ')}`,
      'age-from': (value) => `Age: ${value} or more`,
      'age-to': (value) => `Age: ${value} or less`,
      'orders-from': (value) => `Total orders: ${f.number(value)} or more`,
      'orders-to': (value) => `Total orders: ${f.number(value)} or less`,
      'spent-from': (value) => `Total spent: ${f.money(value)} or more`,
      'spent-to': (value) => `Total spent: ${f.money(value)} or less`,
      'ordered-within': (value) => `Last order: within ${f.count(Number(value), 'day')}`,
      'not-ordered-within': (value) => `Last order: not within ${f.count(Number(value), 'day')}`,
      'since-from': (value) => `Customer since: ${f.date(value)} or later`,
      'since-to': (value) => `Customer since: ${f.date(value)} or earlier`
    }
    return Object.entries(this.params).map(([name, value]) => ({
      name,
      label: words[name as Field](value),
      href: this.href(path, { [name]: null })
    }))
  }
}

function plainAmounts(typed: Partial<Record<Field, string>>, place: Currency) {
  return Object.fromEntries(AMOUNTS.map((name) => [name, plainAmount(typed[name], place)]))
}

function without<Named extends object>(values: Named, names: object): Named {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !(name in names))) as Named
}

function lastText(value: unknown): string | undefined {
  const last: unknown = Array.isArray(value) ? value.at(-1) : value
  return typeof last === 'string' ? last : undefined
}
