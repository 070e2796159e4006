import { z } from 'zod'
import { ofFields } from '../../customers/fields.ts'
import { DEFAULT_GROUP } from '../../db/fixed.ts'
import { id, ids, line } from '../../lib/fields.ts'
import type { GroupFields } from '../../membership/chosen-groups.ts'

/**
 * An id that no group has. It stands for values that are not ids, so that they are refused as deleted groups are and
 * not ignored.
 */
const NO_GROUP = 0

/** Splits a field into words. Pages of earlier versions send several fields, so these are accepted too. */
const toWords = (value: unknown) => [value ?? []].flat().flatMap((one) => String(one).split(' ').filter(Boolean))

export const groupFields: z.ZodType<GroupFields> = z.object({
  primary: id.catch(NO_GROUP).default(DEFAULT_GROUP),
  primaryWas: id.optional().catch(undefined),
  lists: z.preprocess((value) => [value ?? []].flat(), z.array(id.catch(NO_GROUP))),
  // All ids are in one field, because a customer may be in hundreds of lists.
  listsWas: z.preprocess(toWords, ids).catch([])
})

/** The customers whom the user was shown as possibly the same person, and who are not. */
export const shownFields = z.object({ shown: z.preprocess(toWords, ids).catch([]) })

/** The fields of a search for groups. They serve the Find buttons, which a form without JavaScript has. */
export const findFields = z.object({
  find: z.enum(['primary', 'lists']).optional().catch(undefined),
  primaryQuery: line('The search', 80).catch(''),
  listsQuery: line('The search', 80).catch('')
})

const text = z.string().catch('')
const typed = z.object(ofFields(() => text))

/** The values in a customer's form, whether typed or saved. */
export type CustomerForm = z.output<typeof typed>

export const asTyped = (body: unknown): CustomerForm => typed.parse(body ?? {})

const given = line('The search', 200).catch('')

/**
 * The values that a search without a result passes on to the form of a new customer. Those that can't be shown are left
 * out.
 */
export const newcomerFields = z.object({ firstName: given, lastName: given, phone: given, email: given })
