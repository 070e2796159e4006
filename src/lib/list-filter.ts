/** How a list is looked at: one value that is its address, its form and its chips at once. */
import { type FieldErrors, fieldErrors } from './field-errors.ts'
import type { Format } from './format.ts'
import type { ListDescription, Output, Shape } from './list-description.ts'
import type { PageRequest } from './paging.ts'
import { withQuery } from './url.ts'

export interface Chip {
  /** The field that it is a value of. */
  name: string
  label: string
  /** The same list without this condition. */
  href: string
}

/** What changes in an address: null takes a parameter away. */
type Changes = Record<string, string | null | undefined>

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
  readonly place: PageRequest
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
