import type { Change } from '../../activity/note.ts'
import { FIELD_LIST, ofFields } from '../../customers/fields.ts'
import { partsOf, SETTINGS } from '../../groups/settings.ts'
import { DASH, type Format } from '../../lib/format.ts'
import { labelOf } from '../../retailer/choices.ts'
import { name, type Part, plain, say } from './parts.ts'

/** The names of fields, in the order in which people look for them. */
const FIELDS: Record<string, string> = {
  name: 'name',
  shopName: 'shop name',
  ...ofFields(({ label }) => label.toLowerCase()),
  description: 'description',
  ...partsOf('spoken'),
  role: 'role',
  country: 'country',
  timeZone: 'time zone',
  currency: 'currency',
  locale: 'numbers and dates'
}

const ORDER = Object.keys(FIELDS)

/** Changes in words: "allow on-account sale no → yes, name Gold → VIP". */
export function changes(all: Change[] = [], f: Format): Part[] {
  const sorted = all.toSorted((one, other) => ORDER.indexOf(one.field) - ORDER.indexOf(other.field))
  return sorted.flatMap(({ field, before, after }, index) => [
    ...say`${index ? ', ' : ''}${FIELDS[field] ?? field} ${value(field, before, f)} ${ARROW} ${value(field, after, f)}`
  ])
}

/** Changes to the retailer with the labels of its form. */
export function asLabelled(all: Change[] = []): Change[] {
  return all.map(({ field, before, after }) => ({
    field: field === 'name' ? 'shopName' : field,
    before: before && labelOf(field, before),
    after: after && labelOf(field, after)
  }))
}

const ARROW: Part = { ...plain('→'), icon: 'arrow-right' }

const LONGEST_VALUE = 120

function value(field: string, kept: string | null, f: Format): Part {
  if (kept === null) return plain(DASH)
  const written = FIELD_LIST.find(({ name }) => name === field)?.written
  if (written) return name(written(kept, f))
  const setting = SETTINGS.find((one) => one.name === field)
  if (setting) return name(setting.readKept(kept, f))
  const signs = [...kept]
  return name(signs.length > LONGEST_VALUE ? `${signs.slice(0, LONGEST_VALUE).join('')}…` : signs.join(''))
}
