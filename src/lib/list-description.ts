/**
 * What a list can be filtered by, as each list describes it: once, when it is loaded, as a schema takes longer to make than to use.
 * What a filter does with it is the same for all lists (list-filter.ts).
 */
import { z } from 'zod'
import type { FieldErrors } from './field-errors.ts'
import type { Format } from './format.ts'
import { type PageRequest, placeSchema } from './paging.ts'

export type Shape = z.ZodRawShape
/** What was read; what an address does not hold is undefined. */
export type Output<Fields extends Shape> = Partial<z.output<z.ZodObject<Fields>>>
/** A condition in words. */
type Word = (value: string, f: Format) => string

interface Description<Fields extends Shape, Choices extends Shape> {
  /** The fields of the filter's form. Each reads the text that an address holds for it; what it can't read is an error. */
  fields: Fields
  /** The field that is the search box. The others are in a panel beside it. */
  search?: keyof Fields & string
  /** What links choose, besides the form. A choice that can't be read counts as none. */
  choices: Choices
  /** Values that replace the choices. */
  overrides?: (values: Output<Fields>) => boolean
  /** What is wrong with values that can be read one by one, but not together. */
  contradictions?: (values: Output<Fields>) => FieldErrors
  /**
   * For a list that shows nobody while a part of its filter can't be read: the part goes along in all addresses as it was typed,
   * so that no list, file or choice is made from the rest alone.
   */
  isAllOrNothing?: boolean
  /** The words of each field's chip, in the order of the chips. */
  words?: Record<keyof Fields & string, Word>
  /** How an address names a page of the list, unless by the cursors of paging.ts. */
  place?: z.ZodType<PageRequest>
}

export function describeList<Fields extends Shape, Choices extends Shape>(list: Description<Fields, Choices>) {
  return {
    place: placeSchema,
    ...list,
    names: Object.keys(list.fields),
    schema: z.object(list.fields),
    choice: z.object(list.choices),
    unchosen: Object.fromEntries(Object.keys(list.choices).map((name) => [name, undefined])),
    words: Object.entries<Word>(list.words ?? {})
  }
}

export type ListDescription<Fields extends Shape, Choices extends Shape> = ReturnType<
  typeof describeList<Fields, Choices>
>

/** A contradiction of lists that reach from one day to another. */
export function crossedDays({ from, to }: { from?: string; to?: string }): FieldErrors {
  return from && to && from > to ? { to: '“To” can’t be before “From”.' } : {}
}
