import { p } from '@mikro-orm/core'
import { z } from 'zod'
import { line, optionalLine, tick } from '../lib/fields.ts'
import { DASH, type Format } from '../lib/format.ts'
import { shortest, thousandths } from '../lib/money.ts'

type Kind = 'on-off' | 'percentage' | 'text'

/** A setting as it is kept, or as it was typed. */
type Value = boolean | string | null | undefined

interface SettingDescription<Name extends string> {
  name: Name
  /** The column in the table, called as MikroORM derives it from the name. */
  column: string
  /** The label on the form. */
  label: string
  hint: string
  /** A sentence that is added to the hint on the form of Default, where every new customer starts. */
  hintOfDefault?: string
  /** The short label in the head of a group's pages and in Compare. */
  short: string
  /** What the setting is called in a sentence about a change. */
  spoken: string
  /** The name of the switch that the field stands right below on the form. Without one it stands below all switches. */
  below?: string
  /** Walk-in may not have it. */
  isNotForWalkIn?: true
}

/** A setting that is on or off. It reads "yes" or "no"; the head of a group's pages may use other words. */
export function onOff<const Name extends string>(
  description: SettingDescription<Name> & { words?: { on: string; off: string } }
) {
  const { words = { on: 'yes', off: 'no' } } = description
  return {
    isNotForWalkIn: false,
    hintOfDefault: '',
    below: '',
    ...description,
    kind: 'on-off' as Kind,
    property: p.boolean().default(false),
    /** The value of a group for which nobody chose one, or which can't have the setting. */
    none: false as boolean,
    /** Reads the form's value. */
    schema: tick,
    /** Reads the form's value even if it is wrong, to show it again. */
    typed: tick,
    /** Turns a value into what the form shows. */
    toForm: (value: Value) => value === true,
    /** What the head and Compare say; null if there is nothing to say. */
    summary: (value: Value, _f: Format): string | null => (value === true ? words.on : words.off),
    /** What stands beside the label, for a saved value or a typed one. */
    read: (value: Value, _f: Format) => (value === true ? 'yes' : 'no'),
    /** Reads a value that the activity has kept as text. */
    readKept: (text: string, _f: Format) => (text === 'true' ? 'yes' : 'no')
  }
}

/**
 * A percentage from 0 to 100 with up to two decimals, written as PostgreSQL writes a numeric(5,2): "12.50". Null means
 * that there is no limit; an empty field is read as null.
 */
export function percentage<const Name extends string>(description: SettingDescription<Name>) {
  const read = (value: Value, f: Format) => (isGiven(value) ? f.percentage(plain(value)) : DASH)
  return {
    isNotForWalkIn: false,
    hintOfDefault: '',
    below: '',
    ...description,
    kind: 'percentage' as Kind,
    property: p.decimal().nullable(),
    none: null as string | null | undefined,
    schema: percent(`The ${description.spoken}`),
    typed: z.string().catch(''),
    /** Further attributes of its input. */
    attrs: { inputmode: 'decimal', maxlength: LONGEST_PERCENTAGE },
    toForm: (value: Value) => (isGiven(value) ? shortest(value) : ''),
    summary: (value: Value, f: Format): string | null => (isGiven(value) ? read(value, f) : null),
    read,
    readKept: read
  }
}

/** A line of text with a largest length. Null means that nothing is typed. */
export function text<const Name extends string>(description: SettingDescription<Name> & { longest: number }) {
  const read = (value: Value, _f: Format) => (isGiven(value) ? value : DASH)
  return {
    isNotForWalkIn: false,
    hintOfDefault: '',
    below: '',
    ...description,
    kind: 'text' as Kind,
    property: p.text().nullable(),
    none: null as string | null | undefined,
    schema: optionalLine(`The ${description.spoken}`, description.longest),
    typed: z.string().catch(''),
    attrs: { maxlength: description.longest },
    toForm: (value: Value) => (isGiven(value) ? value : ''),
    summary: (value: Value, _f: Format): string | null => (isGiven(value) ? value : null),
    read,
    readKept: read
  }
}

const isGiven = (value: Value): value is string => typeof value === 'string' && value !== ''

/** Turns a decimal comma into a point. A percentage has no thousands, so a comma can't mean anything else. */
const plain = (typed: string) => typed.trim().replace(',', '.')

const LONGEST_PERCENTAGE = 20

function percent(label: string) {
  return line(label, LONGEST_PERCENTAGE).transform((typed, context): string | null => {
    if (typed === '') return null
    const [, whole = '', fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(plain(typed)) ?? []
    if (whole === '') context.addIssue(`${label} must be a number from 0 to 100, such as 10 or 12.5, without a % sign.`)
    else if (fraction.length > 2) context.addIssue(`${label} can have at most two decimals, such as 12.55.`)
    else if (thousandths(plain(typed)) > 100_000n) context.addIssue(`${label} can’t be more than 100.`)
    return `${whole.replace(/^0+(?=\d)/, '')}.${fraction.padEnd(2, '0')}`
  })
}
