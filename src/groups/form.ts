import { z } from 'zod'
import { formKey, paragraph, requiredLine, version } from '../lib/fields.ts'
import type { Group } from './group.ts'
import { NO_SETTINGS, partsOf, SETTINGS, toForm } from './settings.ts'

export const NAME_LENGTH = 80
export const DESCRIPTION_LENGTH = 1000

const settings = partsOf('schema')
const NOTHING_SET = Object.fromEntries(SETTINGS.map(({ name }) => [name, undefined]))
const words = {
  name: requiredLine('The name', NAME_LENGTH, 'Enter a name for the group.'),
  description: paragraph('The description', DESCRIPTION_LENGTH)
}

/**
 * Reads the form of a new group. A list has no settings, so those that were filled in before "List" was chosen are
 * dropped, mistakes included.
 */
export const newGroup = z.preprocess(
  (body) => {
    const list = z.looseObject({ kind: z.literal('list') }).safeParse(body)
    return list.success ? { ...list.data, ...NOTHING_SET } : body
  },
  z.object({ ...words, ...settings, kind: z.enum(['primary', 'list'], 'Choose a kind.'), key: formKey })
)

/** Reads the form of an existing group. A version that can't be read counts as outdated. */
export const groupChanges = z.object({ ...words, ...settings, version: version.catch(0).default(0) })
export type GroupChanges = z.output<typeof groupChanges>

/** The values in a group's form, whether typed or saved. */
export type GroupForm = Pick<Group, 'name' | 'description' | 'kind'> & ReturnType<typeof toForm>

export function emptyForm(kind: 'primary' | 'list'): GroupForm {
  return { name: '', description: '', kind, ...toForm(NO_SETTINGS) }
}

export function formOf(group: Group): GroupForm {
  const { name, description, kind } = group
  return { name, description, kind, ...toForm(group) }
}

const typed = z.object({
  name: z.string().catch(''),
  description: z.string().catch(''),
  kind: z.enum(['primary', 'list']).catch('primary'),
  ...partsOf('typed')
})

/** The typed values, right or wrong, to be shown again. */
export function asTyped(body: unknown): GroupForm {
  return typed.parse(body ?? {})
}
