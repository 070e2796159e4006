import { z } from 'zod'
import { KINDS, type Kind } from '../../activity/kinds.ts'
import { type FieldErrors, fieldErrors } from '../../lib/field-errors.ts'
import { id, line } from '../../lib/fields.ts'
import type { Format } from '../../lib/format.ts'
import { type Place, placeFields } from '../../lib/paging.ts'
import { withQuery } from '../../lib/url.ts'

const PATH = '/activity'

function optional<T extends z.ZodType>(type: T) {
  return z.preprocess((value) => (typeof value === 'string' ? value.trim() || undefined : undefined), type.optional())
}

// PostgreSQL knows no year 0.
const day = (label: string) =>
  z.iso
    .date(`${label} must be a valid date such as 2026-03-02.`)
    .refine((value) => !value.startsWith('0000'), `${label} must be a later date.`)

/** What can't be an id names nobody, as one that was never given. */
const NOBODY = 0

const fields = {
  group: optional(line('The group', 80).transform((value) => value || undefined)),
  customer: optional(id.catch(NOBODY)),
  person: optional(id.catch(NOBODY)),
  kind: optional(
    z
      .enum(Object.keys(KINDS) as [Kind, ...Kind[]])
      .optional()
      .catch(undefined)
  ),
  'sign-ins': optional(z.literal('show').optional().catch(undefined)),
  from: optional(day('From')),
  to: optional(day('To'))
}
const schema = z.object(fields)
type Values = Partial<z.output<typeof schema>>
type Field = keyof typeof fields

/** What a filter calls the customer and the colleague that it names by id. */
export interface Named {
  customer: string
  person: string
}

export interface Chip {
  label: string
  /** The same list without this condition. */
  href: string
}

/**
 * Which entries the activity shows: one value that is URL, form, chips and query at once. Conditions that can't be read
 * are left out and named in `errors`; what was typed for them stays in `typed`.
 */
export class ActivityFilter {
  readonly values: Values
  readonly errors: FieldErrors
  readonly typed: Partial<Record<Field, string>>
  readonly place: Place

  private constructor(values: Values, errors: FieldErrors, typed: Partial<Record<Field, string>>, place: Place) {
    this.values = values
    this.errors = errors
    this.typed = typed
    this.place = place
  }

  static from(query: Record<string, unknown>): ActivityFilter {
    const typed = Object.fromEntries(Object.keys(fields).map((name) => [name, lastText(query[name])]))
    const parsed = schema.safeParse(typed)
    const errors = parsed.success ? {} : fieldErrors(parsed.error)
    const readable = Object.fromEntries(Object.entries(typed).filter(([name]) => !(name in errors)))
    const values = parsed.success ? parsed.data : schema.parse(readable)
    if (values.from && values.to && values.from > values.to) errors.to = '“To” can’t be before “From”.'
    const { after, before } = z.object(placeFields).parse(query)
    return new ActivityFilter(values, errors, typed, { after, before })
  }

  /** The conditions in force, as a URL says them. */
  get params(): Record<string, string> {
    return Object.fromEntries(
      Object.entries(this.values).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))
    )
  }

  get count(): number {
    return Object.keys(this.params).length
  }

  /** Unless somebody asks for them: there are more of them than of everything else. */
  get hidesSignIns(): boolean {
    return this.values['sign-ins'] === undefined && this.values.kind === undefined
  }

  get hasErrors(): boolean {
    return Object.keys(this.errors).length > 0
  }

  href(changes: Record<string, string | null> = {}): string {
    return withQuery(PATH, { ...this.params, ...changes })
  }

  /** This very page of the list. */
  placeHref(): string {
    return this.href({ after: this.place.after ?? null, before: this.place.before ?? null })
  }

  chips(named: Named, f: Format): Chip[] {
    const words: Record<Field, (value: string) => string> = {
      group: (value) => `Group: ${value}`,
      customer: () => `Customer: ${named.customer}`,
      person: () => `Person: ${named.person}`,
      kind: (value) => KINDS[value as Kind],
      'sign-ins': () => 'With sign-ins',
      from: (value) => `From ${f.date(value)}`,
      to: (value) => `To ${f.date(value)}`
    }
    return Object.entries(this.params).map(([name, value]) => ({
      label: words[name as Field](value),
      href: this.href({ [name]: null })
    }))
  }
}

function lastText(value: unknown): string | undefined {
  const last: unknown = Array.isArray(value) ? value.at(-1) : value
  return typeof last === 'string' ? last : undefined
}
