/** A filter of a customer list: one value that is address, form, chips and query at once. */
import { z } from 'zod'
import { type FieldErrors, fieldErrors } from '../../lib/field-errors.ts'
import type { Format } from '../../lib/format.ts'
import type { Currency } from '../../lib/money.ts'
import type { Direction, Place } from '../../lib/paging.ts'
import { placeFields } from '../../lib/paging.ts'
import { withQuery } from '../../lib/url.ts'
import { COLUMNS, type SortKey } from './columns.ts'
import { type Chip, chipsOf } from './filter-chips.ts'
import { AMOUNTS, crossed, type Field, fields, plainAmount, schema, type Values } from './filter-fields.ts'
import { Highlighter } from './highlights.ts'
import { looksLikePhone } from './search.ts'

const view = z.object({
  count: z.literal('all').optional().catch(undefined),
  sort: z
    .enum(Object.keys(COLUMNS) as [SortKey, ...SortKey[]])
    .optional()
    .catch(undefined),
  dir: z.enum(['asc', 'desc']).optional().catch(undefined),
  ...placeFields
})

/**
 * Which customers a list shows, in which order and from which place on. Conditions that can't be read are left out and named in
 * `errors`; what was typed for them stays in `typed`.
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
  /** The best matches of the search come first, as nobody chose a column to sort by. */
  readonly isBestFirst: boolean
  /** Somebody wants to know how many there are, however long it takes to count them. */
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

  /** Reads an address; and, where the retailer's place is given, amounts as people type them there. */
  static from(query: Record<string, unknown>, place?: Currency): CustomerFilter {
    const typed = Object.fromEntries(Object.keys(fields).map((name) => [name, lastText(query[name])]))
    const said = place ? { ...typed, ...plainAmounts(typed, place) } : typed
    const parsed = schema.safeParse(said)
    const unreadable = parsed.success ? {} : fieldErrors(parsed.error)
    const readable = parsed.success ? parsed.data : schema.parse(without(said, unreadable))
    const errors = { ...unreadable, ...crossed(readable) }
    return new CustomerFilter(without(readable, errors), errors, typed, view.parse(query))
  }

  /** Shows where the search has met what it found; null without a search. */
  get marker(): Highlighter | null {
    return this.values.q ? new Highlighter(this.values.q) : null
  }

  /** What a person can do where nobody is found. */
  get advice(): string {
    const { q } = this.values
    if (!q) return 'Remove a filter to see more.'
    const orFilter = this.panelCount ? ' Or remove a filter.' : ''
    if (looksLikePhone(q)) return `Check the number, or type fewer digits.${orFilter}`
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

  /** How many conditions the panel holds; the search box is not part of it. */
  get panelCount(): number {
    return Object.keys(this.params).filter((name) => name !== 'q').length
  }

  /** The order of the list as an address says it, where somebody chose it: without a choice it is best first for a search, else by name. */
  get look(): Record<string, string> {
    const { first } = COLUMNS[this.sort]
    const isByName = this.sort === 'name' && (this.isBestFirst || !this.values.q)
    return {
      ...(!isByName && { sort: this.sort }),
      ...(this.direction !== first && { dir: this.direction })
    }
  }

  /** What can't be read goes along as it was typed, so that no list, file or choice is made from the other half alone. */
  href(path: string, changes: Record<string, string | null> = {}): string {
    const wrong = Object.keys(this.errors).map((name) => [name, this.typed[name as Field]])
    return withQuery(path, { ...Object.fromEntries(wrong), ...this.params, ...this.look, ...changes })
  }

  /** The address of this very page of the list. */
  placeHref(path: string): string {
    const { after = null, before = null } = this.place
    return this.href(path, { after, before, count: this.countsAll ? 'all' : null })
  }

  /** The address of this page with everybody counted. */
  countHref(path: string): string {
    const { after = null, before = null } = this.place
    return this.href(path, { after, before, count: 'all' })
  }

  /** The address of the list sorted by a column; the other way round if it is sorted by that column now. */
  sortHref(path: string, key: SortKey): string {
    const { first } = COLUMNS[key]
    const turned = this.direction === 'asc' ? 'desc' : 'asc'
    const direction = this.sortState(key) === 'none' ? first : turned
    const isUsual = key === 'name' && !this.values.q
    return this.href(path, { sort: isUsual ? null : key, dir: direction === first ? null : direction })
  }

  /** How the list is sorted by a column, as `aria-sort` says it. */
  sortState(key: SortKey): 'ascending' | 'descending' | 'none' {
    if (this.isBestFirst || key !== this.sort) return 'none'
    return this.direction === 'asc' ? 'ascending' : 'descending'
  }

  chips(path: string, f: Format): Chip[] {
    return chipsOf(this, path, f)
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
