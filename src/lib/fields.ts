import { randomUUID } from 'node:crypto'
import { z } from 'zod'

export const LARGEST_ID = 2_147_483_647

/**
 * The id of a row in a URL or a form. An id that is too large to exist is refused in the same way as one that does not
 * exist.
 */
export const id = z.coerce.number().int().min(1).max(LARGEST_ID)
export const idParams = z.object({ id })

// Control characters other than a line feed, and the invisible characters that reverse or break a line of text.
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]/u
const UNPRINTABLE_BUT_LINES = /[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069\ufffe\uffff]/u
/** Text has something to see if it is more than spaces and zero-width characters. */
const VISIBLE = /[^\p{Cf}\p{Z}]/u
const LONE_SURROGATE = /\p{Surrogate}/u

/** A line of text that a person typed. It is trimmed and put into Unicode's NFC; a missing field counts as empty. */
export function line(label: string, longest: number) {
  return z
    .string(`${label} must be text.`)
    .default('')
    .transform((value) => value.normalize('NFC').trim())
    .refine(
      (value) => !UNPRINTABLE.test(value) && !LONE_SURROGATE.test(value),
      `${label} has characters that can’t be shown. Type it again.`
    )
    .refine((value) => [...value].length <= longest, `${label} must have at most ${longest} characters.`)
}

export function requiredLine(label: string, longest: number, missing: string) {
  return line(label, longest).refine((value) => VISIBLE.test(value), missing)
}

/** A line that may be left empty, or without anything to see: then it is null. */
export function optionalLine(label: string, longest: number) {
  return line(label, longest).transform((value) => (VISIBLE.test(value) ? value : null))
}

/** A text of several lines that a person typed. It is tidied and limited in the same way as line() does. */
export function paragraph(label: string, longest: number) {
  return z
    .string(`${label} must be text.`)
    .default('')
    .transform((value) => value.replaceAll('\r\n', '\n').normalize('NFC').trim())
    .refine(
      (value) => !UNPRINTABLE_BUT_LINES.test(value) && !LONE_SURROGATE.test(value),
      `${label} has characters that can’t be shown. Type it again.`
    )
    .refine((value) => [...value].length <= longest, `${label} must have at most ${longest} characters.`)
}

/** A tick box: a browser sends "true" for a ticked one and nothing for an unticked one. */
export const tick = z
  .literal('true')
  .optional()
  .catch(undefined)
  .transform((value) => value === 'true')

/** Zero, one or many ids of a form, without duplicates. */
export const ids = z
  .union([z.array(id), id.transform((one) => [one])])
  .optional()
  .transform((value) => [...new Set(value ?? [])])

/** The one-time key of a form that creates something (docs/rules.md, 17). */
export const formKey = z.uuid()

/** The version of a record that a form was filled in for. */
export const version = z.coerce.number().int().min(1).max(LARGEST_ID)

/** A path on this server, with its query string but without a host. */
export const ownPath = z
  .string()
  .max(2000)
  .regex(/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/)

/** The path on this server where a form leads next. A path to anywhere else counts as missing. */
export const localPath = ownPath.optional().catch(undefined)

const marks = z.object({ key: z.uuid().catch(() => randomUUID()), version: version.catch(0).default(0) })

/**
 * The key and the version that a form carries. They are read even if all other fields are wrong, to show the form
 * again.
 */
export function marksOf(body: unknown): z.output<typeof marks> {
  return marks.parse(body ?? {})
}
