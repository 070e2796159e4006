/**
 * How a list is looked at: one value that is its address, its form and its chips at once. Each list describes what it can be
 * filtered by (`describeList()`, once, as a schema takes longer to make than to use); all else is done here for all of them.
 */
import { z } from 'zod'
import { type FieldErrors, fieldErrors } from './field-errors.ts'
import type { Format } from './format.ts'
import { type Place, placeSchema } from './paging.ts'
import { withQuery } from './url.ts'

type Shape = z.ZodRawShape
type Output<Fields extends Shape> = Partial<z.output<z.ZodObject<Fields>>>
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
  place?: z.ZodType<Place>
}

export interface Chip {
  /** The field that it is a value of. */
  name: string
  label: string
  /** The same list without this condition. */
  href: string
}

/** What changes in an address: null takes a parameter away. */
export type Changes = Record<string, string | null | undefined>

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

type Texts = Record<string, string | undefined>
export type Understood = (typed: Texts) => Texts

/** Conditions that can't be read are left out and named in `errors`; what was typed for them stays in `typed`. */
export class ListFilter<Fields extends Shape, Choices extends Shape> {
  readonly values: Output<Fields>
  /** The conditions in force, as an address says them: no blanks, no defaults. */
  readonly params: Record<string, string>
  readonly errors: FieldErrors
  readonly typed: Texts
  readonly chosen: Output<Choices>
  readonly place: Place
  readonly #list: ListDescription<Fields, Choices>

  /** `understood` turns what people type into what the fields read, where the two differ. */
  constructor(
    list: ListDescription<Fields, Choices>,
    query: Record<string, unknown>,
    understood: Understood = (typed) => typed
  ) {
    this.#list = list
    this.typed = Object.fromEntries(list.names.map((name) => [name, lastText(query[name])]))
    const said = understood(this.typed)
    const parsed = list.schema.safeParse(said)
    const unreadable = parsed.success ? {} : fieldErrors(parsed.error)
    const values = parsed.success ? parsed.data : list.schema.parse(without(said, unreadable))
    this.errors = { ...unreadable, ...list.contradictions?.(values) }
    this.values = list.isAllOrNothing ? without(values, this.errors) : values
    this.params = texts(this.values)
    this.chosen = list.overrides?.(this.values) ? {} : list.choice.parse(query)
    this.place = list.place.parse(query)
  }

  get isActive(): boolean {
    return Object.keys({ ...this.params, ...texts(this.chosen) }).length > 0
  }

  get hasErrors(): boolean {
    return Object.keys(this.errors).length > 0
  }

  /** It can't be read as a whole, and so the list shows nobody. */
  get showsNothing(): boolean {
    return this.hasErrors && Boolean(this.#list.isAllOrNothing)
  }

  /** A form fills it in, which sends its empty fields too. */
  get hasForm(): boolean {
    return this.#list.names.length > 0
  }

  /** How many conditions the panel holds; the search box is not part of it. */
  get panelCount(): number {
    return Object.keys(this.params).filter((name) => name !== this.#list.search).length
  }

  /** What an address says besides the conditions, as the form keeps it: what links chose. */
  get look(): Record<string, string> {
    return texts(this.chosen)
  }

  /** The list at its beginning, with these changes. */
  href(path: string, changes: Changes = {}): string {
    const wrong = this.showsNothing ? Object.keys(this.errors).map((name) => [name, this.typed[name]]) : []
    const { unchosen } = this.#list
    return withQuery(path, { ...Object.fromEntries(wrong), ...this.params, ...unchosen, ...this.look, ...changes })
  }

  /** This very page of the list. */
  placeHref(path: string, changes: Changes = {}): string {
    return this.href(path, { ...this.place, ...changes })
  }

  /** `named` is what people call what a field's value stands for, such as the customer of an id. */
  chips(path: string, f: Format, named: Record<string, string> = {}): Chip[] {
    return this.#list.words.flatMap(([name, word]) => {
      const value = this.params[name]
      if (value === undefined) return []
      return [{ name, label: word(named[name] ?? value, f), href: this.href(path, { [name]: null }) }]
    })
  }
}

/** A contradiction of lists that reach from one day to another. */
export function crossedDays({ from, to }: { from?: string; to?: string }): FieldErrors {
  return from && to && from > to ? { to: '“To” can’t be before “From”.' } : {}
}

function texts(values: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [[name, String(value)]]
    )
  )
}

function without<Named extends object>(values: Named, names: object): Partial<Named> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !(name in names))) as Partial<Named>
}

/** Of a parameter that an address holds more than once, the last counts. */
function lastText(value: unknown): string | undefined {
  const last: unknown = Array.isArray(value) ? value.at(-1) : value
  return typeof last === 'string' ? last : undefined
}
