import { randomUUID } from 'node:crypto'
import { z } from 'zod'

export const LARGEST_ID = 2_147_483_647

/** An id in a URL or a form; one that can't exist is as absent as one that doesn't. */
export const id = z.coerce.number().int().min(1).max(LARGEST_ID)
export const idParams = z.object({ id })

// Control characters but line feed, and the invisible ones that reverse or break the line for whoever reads it next.
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]/u
const UNPRINTABLE_BUT_LINES = /[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069\ufffe\uffff]/u
/** Something to see: not only spaces and zero-width characters. */
const VISIBLE = /[^\p{Cf}\p{Z}]/u
const LONE_SURROGATE = /\p{Surrogate}/u

/** What a person typed on one line: spaces around it dropped and composed as Unicode's NFC. A missing field counts as empty. */
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

/** As line(), but several lines long. */
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

/** A box of a form: ticked sends "true", un-ticked sends nothing. */
export const tick = z
  .literal('true')
  .optional()
  .catch(undefined)
  .transform((value) => value === 'true')

/** Ids that a form may send none, one or many of, each once. */
export const ids = z
  .union([z.array(id), id.transform((one) => [one])])
  .optional()
  .transform((value) => [...new Set(value ?? [])])

/** The one-time key of a form that creates something (docs/rules.md, 17). */
export const formKey = z.uuid()

/** The version of a record that a form was filled in for. */
export const version = z.coerce.number().int().min(1).max(LARGEST_ID)

/** An address of our own, without its host. */
export const ownPath = z
  .string()
  .max(2000)
  .regex(/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/)

/** Where to go next, of our own pages only. */
export const localPath = ownPath.optional().catch(undefined)

const marks = z.object({ key: z.uuid().catch(() => randomUUID()), version: version.catch(0).default(0) })

/** The key and the version that a form carries, however wrong the rest of it is: what it is shown with again. */
export function marksOf(body: unknown): z.output<typeof marks> {
  return marks.parse(body ?? {})
}
