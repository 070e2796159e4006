import { z } from 'zod'
import type { Chip } from '../../customers/list/index.ts'
import type { RetailersDay } from '../../figures/calendar.ts'
import { PERIODS, type Period } from '../../figures/periods.ts'
import { type FieldErrors, fieldErrors } from '../../lib/field-errors.ts'
import { line } from '../../lib/fields.ts'
import type { Format } from '../../lib/format.ts'
import { type Place, placeFields } from '../../lib/paging.ts'
import { withQuery } from '../../lib/url.ts'
import type { Span } from '../../sales/history.ts'

const EARLIEST = '1900-01-01'

function day(label: string) {
  return line(label, 20)
    .refine(
      (value) => value === '' || (z.iso.date().safeParse(value).success && value >= EARLIEST),
      `${label} must be a date that exists, as year-month-day: 2026-02-28.`
    )
    .transform((value) => value || null)
}

const fields = {
  from: day('From'),
  to: day('To'),
  receipt: line('The receipt', 80).transform((value) => value || null)
}
const schema = z.object(fields)
type Values = z.output<typeof schema>
type Field = keyof typeof fields
const text = z.string().optional().catch(undefined)
const typedFields = z.object({ from: text, to: text, receipt: text })

const view = z.object({
  days: z.coerce.number().pipe(z.literal(PERIODS)).optional().catch(undefined),
  ...placeFields
})

/**
 * Which part of a customer's past is looked at, as URL, form and query at once: some days back, or from one day to
 * another, or one receipt. What can't be read is left out and named in `errors`.
 */
export class Past {
  readonly values: Values
  readonly errors: FieldErrors
  readonly typed: Partial<Record<Field, string>>
  readonly days: Period | null
  readonly place: Place
  readonly path: string

  private constructor(path: string, query: Record<string, unknown>) {
    const typed = typedFields.parse(query)
    const parsed = schema.safeParse(typed)
    const errors = parsed.success ? {} : fieldErrors(parsed.error)
    const readable = Object.fromEntries(Object.entries(typed).filter(([name]) => !(name in errors)))
    const values = parsed.success ? parsed.data : schema.parse(readable)
    if (values.from && values.to && values.from > values.to) errors.to = '“To” can’t be before “From”.'
    const { days, after, before } = view.parse(query)
    this.path = path
    this.typed = typed
    this.values = values
    this.errors = errors
    this.days = (!values.from && !values.to && days) || null
    this.place = { after, before }
  }

  static from(path: string, query: Record<string, unknown>): Past {
    return new Past(path, query)
  }

  get hasErrors(): boolean {
    return Object.keys(this.errors).length > 0
  }

  get isActive(): boolean {
    return this.days !== null || Object.values(this.values).some(Boolean)
  }

  /** How many of the panel's conditions are in force. */
  get panelCount(): number {
    return [this.values.from, this.values.to].filter(Boolean).length
  }

  /** What the search keeps that is in no field of it. */
  get look(): Record<string, string> {
    return this.days ? { days: String(this.days) } : {}
  }

  span({ today, timeZone }: RetailersDay): Span {
    const from = this.days ? firstDay(today, this.days) : this.values.from
    return { ...this.values, from, timeZone }
  }

  href(changes: Record<string, string | null> = {}): string {
    return withQuery(this.path, { ...this.values, ...this.look, ...changes })
  }

  placeHref(): string {
    return this.href({ after: this.place.after ?? null, before: this.place.before ?? null })
  }

  daysHref(days: Period | null): string {
    return withQuery(this.path, { receipt: this.values.receipt, days: days && String(days) })
  }

  chips(_path: string, f: Format): Chip[] {
    const { from, to, receipt } = this.values
    return [
      ...(receipt ? [{ label: `Receipt ${receipt}`, href: this.href({ receipt: null }) }] : []),
      ...(from ? [{ label: `From ${f.date(from)}`, href: this.href({ from: null }) }] : []),
      ...(to ? [{ label: `To ${f.date(to)}`, href: this.href({ to: null }) }] : [])
    ]
  }
}

/** Of so many days up to and with today. */
function firstDay(today: string, days: Period): string {
  const date = new Date(`${today}T00:00:00Z`)
  date.setUTCDate(date.getUTCDate() - days + 1)
  return date.toISOString().slice(0, 10)
}
