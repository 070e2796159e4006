import { z } from 'zod'
import { KINDS, type Kind } from '../../activity/kinds.ts'
import { id, line } from '../../lib/fields.ts'
import { crossedDays, describeList } from '../../lib/list-description.ts'
import { ListFilter } from '../../lib/list-filter.ts'

function optional<T extends z.ZodType>(type: T) {
  return z.preprocess((value) => (typeof value === 'string' ? value.trim() || undefined : undefined), type.optional())
}

// PostgreSQL has no year 0.
const day = (label: string) =>
  z.iso
    .date(`${label} must be a valid date such as 2026-03-02.`)
    .refine((value) => !value.startsWith('0000'), `${label} must be a later date.`)

/** An id that can't exist. It stands for values that are not ids, so that they find nobody. */
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

const LIST = describeList({
  fields,
  choices: {},
  contradictions: crossedDays,
  words: {
    group: (value) => `Group: ${value}`,
    customer: (name) => `Customer: ${name}`,
    person: (name) => `Person: ${name}`,
    kind: (value) => KINDS[value as Kind],
    'sign-ins': () => 'With sign-ins',
    from: (value, f) => `From ${f.date(value)}`,
    to: (value, f) => `To ${f.date(value)}`
  }
})

/** The filter of the activity. */
export const activityFilter = (query: Record<string, unknown>) => new ListFilter(LIST, query)
export type ActivityFilter = ReturnType<typeof activityFilter>

/** The names of the customer and the colleague that a filter has by id. */
export type FilterNames = Record<'customer' | 'person', string>

/**
 * Whether sign-ins are hidden. They are unless somebody asks for them, because there are more of them than of
 * everything else.
 */
export function hidesSignIns({ values }: ActivityFilter): boolean {
  return values['sign-ins'] === undefined && values.kind === undefined
}
