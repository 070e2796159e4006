import { z } from 'zod'
import { formKey, requiredLine, version } from '../lib/fields.ts'
import { SCOPE_NAMES, type Scope } from './scopes.ts'

export const NAME_LENGTH = 80

/** The name of a shop or of a till. */
const placeName = requiredLine('The name', NAME_LENGTH, 'Enter the name.')

export const newPlace = z.object({ name: placeName, key: formKey })

/** A version that never was is one that somebody has changed since. */
export const renaming = z.object({ name: placeName, version: version.catch(0).default(0) })
export type Renaming = z.output<typeof renaming>

/** What was typed, however wrong, to be shown again. */
export interface NameForm {
  name: string
}

const typed = z.object({ name: z.string().catch('') })
export const asTyped = (body: unknown): NameForm => typed.parse(body ?? {})

/** One or many boxes that are ticked, in the order in which scopes are named. */
const scopes = z
  .union([z.array(z.enum(SCOPE_NAMES)), z.enum(SCOPE_NAMES).transform((one) => [one])], 'Tick at least one.')
  .transform((given) => SCOPE_NAMES.filter((name) => given.includes(name)))
  .refine((given) => given.length > 0, 'Tick at least one.')

export const newKeyForm = z.object({ scopes, key: formKey })

const ticked = z.object({ scopes: z.unknown() }).transform(({ scopes }) => [scopes].flat())

/** The boxes that were ticked, to be shown again. */
export function tickedScopes(body: unknown): Scope[] {
  const given = ticked.safeParse(body ?? {}).data ?? []
  return SCOPE_NAMES.filter((name) => given.includes(name))
}
