import { z } from 'zod'
import { ofFields } from '../../customers/fields.ts'
import { DEFAULT_GROUP } from '../../db/fixed.ts'
import { id, ids, line } from '../../lib/fields.ts'
import type { GroupFields } from '../../membership/chosen-groups.ts'

/** What can't be the id of a group is refused like a group that is gone, and not passed over. */
const NO_GROUP = 0

/** Several fields are what pages from before send. */
const toWords = (value: unknown) => [value ?? []].flat().flatMap((one) => String(one).split(' ').filter(Boolean))

export const groupFields: z.ZodType<GroupFields> = z.object({
  primary: id.catch(NO_GROUP).default(DEFAULT_GROUP),
  primaryWas: id.optional().catch(undefined),
  lists: z.preprocess((value) => [value ?? []].flat(), z.array(id.catch(NO_GROUP))),
  // In one field: somebody may be in hundreds of lists.
  listsWas: z.preprocess(toWords, ids).catch([])
})

/** Customers who were shown as perhaps the same person, and are not. */
export const shownFields = z.object({ shown: z.preprocess(toWords, ids).catch([]) })

/** Asks for matching groups instead of saving: the Find buttons of a form without JavaScript. */
export const findFields = z.object({
  find: z.enum(['primary', 'lists']).optional().catch(undefined),
  primaryQuery: line('The search', 80).catch(''),
  listsQuery: line('The search', 80).catch('')
})

const text = z.string().catch('')
const typed = z.object(ofFields(() => text))

/** What a customer's form shows: as typed, or as it is kept. */
export type CustomerForm = z.output<typeof typed>

export const asTyped = (body: unknown): CustomerForm => typed.parse(body ?? {})

const given = line('The search', 200).catch('')

/** What a search that found nobody carries into the form of a new customer; what can't be shown is left out. */
export const newcomerFields = z.object({ firstName: given, lastName: given, phone: given, email: given })
