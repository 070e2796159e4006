import { z } from 'zod'
import { formKey, paragraph, requiredLine, tick, version } from '../lib/fields.ts'
import type { Group } from './group.ts'

export const NAME_LENGTH = 80
export const DESCRIPTION_LENGTH = 1000

const settings = { restrictsPurchases: tick, allowsOnAccount: tick, allowsDiscounts: tick }
const words = {
  name: requiredLine('The name', NAME_LENGTH, 'Enter a name for the group.'),
  description: paragraph('The description', DESCRIPTION_LENGTH)
}

/** A list has no settings: what was ticked before the kind was changed means nothing. */
export const newGroup = z
  .object({ ...words, ...settings, kind: z.enum(['primary', 'list'], 'Choose a kind.'), key: formKey })
  .transform((form) => (form.kind === 'list' ? { ...form, ...NO_SETTINGS } : form))

/** A version that never was is one that somebody has changed since. */
export const groupChanges = z.object({ ...words, ...settings, version: version.catch(0).default(0) })
export type GroupChanges = z.output<typeof groupChanges>

const NO_SETTINGS = { restrictsPurchases: false, allowsOnAccount: false, allowsDiscounts: false }

/** What a group's form shows: as typed, or as it is kept. */
export interface GroupForm {
  name: string
  description: string
  kind: 'primary' | 'list'
  restrictsPurchases: boolean
  allowsOnAccount: boolean
  allowsDiscounts: boolean
}

export function emptyForm(kind: 'primary' | 'list'): GroupForm {
  return { name: '', description: '', kind, ...NO_SETTINGS }
}

export function formOf({
  name,
  description,
  kind,
  restrictsPurchases,
  allowsOnAccount,
  allowsDiscounts
}: Group): GroupForm {
  return { name, description, kind, restrictsPurchases, allowsOnAccount, allowsDiscounts }
}

const typed = z.object({
  name: z.string().catch(''),
  description: z.string().catch(''),
  kind: z.enum(['primary', 'list']).catch('primary'),
  ...settings
})

/** What was typed, however wrong, to be shown again. */
export function asTyped(body: unknown): GroupForm {
  return typed.parse(body ?? {})
}
