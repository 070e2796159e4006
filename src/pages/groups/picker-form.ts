import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { CustomerFilter, type SortKey } from '../../customers/list/index.ts'
import { id, ids } from '../../lib/fields.ts'
import type { Currency } from '../../lib/money.ts'
import { withQuery } from '../../lib/url.ts'
import type { FrozenFilter } from '../../selections/selection.ts'

/** Ids as one field carries them: "3 17 204". What is none is passed over. */
const idList = z
  .string()
  .max(20_000)
  .catch('')
  .default('')
  .transform((text) => text.split(' ').flatMap((one) => id.safeParse(one || null).data ?? []))

const fields = z.looseObject({
  selection: z.uuid().catch(() => randomUUID()),
  /** The address that the list is shown at. */
  at: z.string().max(4_000).catch('').default(''),
  /** Whose boxes stand on the page, which of them were ticked when it was made, and which were touched since. */
  shown: idList,
  were: idList,
  touched: idList,
  ids: ids.catch([]),
  /** The number that the button carried. */
  expected: z.coerce.number().int().min(0).max(2_147_483_647).optional().catch(undefined),
  /** Which button: 'tick', 'page', 'all', 'none', 'find', 'go', 'sure', or the address of another part of the list. */
  do: z.string().max(4_000).catch('go').default('go')
})

export type PickerForm = z.output<typeof fields>

export const pickerForm = fields.default(() => fields.parse({}))

/** Slow to make. */
const selectionId = z.uuid()

const address = z.string().max(2_000).catch('')

/** All Pages was chosen under another filter, or in the list without one. */
export type EarlierChoice = 'filter' | 'list'

/** The list of customers that a picker shows: a filter, and whether people who are in the group already are shown too. */
export class PickerList {
  readonly filter: CustomerFilter
  readonly withMembers: boolean
  /** The selection it is shown for; null as long as nobody has begun one. */
  readonly selectionId: string | null
  /** The list is of those who are selected, and of nobody else. */
  readonly onlySelected: boolean
  /** The list that one came from to those who are selected, as an address without its path. */
  readonly from: string
  /** The panel of the filter is to be open. */
  readonly opensPanel: boolean
  /** The person is asked whether they are sure. */
  readonly asks: boolean

  readonly #place: Currency

  constructor(query: Record<string, unknown>, place: Currency) {
    this.#place = place
    this.onlySelected = query.selected === 'show'
    // Those selected come in two parts, which are merged by a column.
    this.filter = CustomerFilter.from(this.onlySelected ? { ...query, sort: query.sort ?? 'name' } : query, place)
    this.withMembers = query.members === 'show'
    this.selectionId = selectionId.safeParse(query.selection).data ?? null
    this.from = this.onlySelected ? address.parse(query.from) : ''
    this.opensPanel = query.filters === 'open'
    this.asks = query.sure === 'ask'
  }

  static at(address: string, place: Currency): PickerList {
    return new PickerList(Object.fromEntries(new URLSearchParams(address.replace(/^[^?]*\?/, ''))), place)
  }

  /** As a button carries it: the address without its path, never empty. */
  button(changes: Record<string, string | null> = {}): string {
    return this.href('', { after: null, before: null, ...changes }) || '?'
  }

  /** As button(), this list sorted by a column. */
  sortButton(key: SortKey): string {
    const kind = withQuery('', this.#kind).slice(1)
    return [this.filter.sortHref('', key) || '?', ...(kind ? [kind] : [])].join('&')
  }

  /** Where All Pages was chosen if this list has another filter by now; else null. */
  earlier(frozen: FrozenFilter | null): EarlierChoice | null {
    if (!frozen) return null
    const chosen = Object.entries(frozen.params)
    const now = this.filter.params
    const isSame = chosen.length === Object.keys(now).length && chosen.every(([name, value]) => now[name] === value)
    if (isSame && frozen.withMembers === this.withMembers) return null
    return chosen.length ? 'filter' : 'list'
  }

  /** To those who are selected, whatever was searched for; or from there back to the list one came from. */
  selectedButton(): string {
    const { look } = this.filter
    if (this.onlySelected) return this.#before.placeHref('') || '?'
    return withQuery('', { ...look, selected: 'show', from: this.placeHref('', { selection: null }) })
  }

  /** The list that one came from to those who are selected. */
  backHref(path: string): string {
    return this.#before.placeHref(path, { selection: this.selectionId })
  }

  get #before(): PickerList {
    return PickerList.at(this.from, this.#place)
  }

  /** This list with changes to where it is looked at; null takes one away. */
  href(path: string, changes: Record<string, string | null> = {}): string {
    return this.filter.href(path, this.#own(changes))
  }

  placeHref(path: string, changes: Record<string, string | null> = {}): string {
    return this.href(path, { ...this.filter.place, ...changes })
  }

  #own(changes: Record<string, string | null>) {
    return { ...this.#kind, selection: this.selectionId, ...changes }
  }

  get #kind() {
    return {
      members: this.withMembers ? 'show' : null,
      selected: this.onlySelected ? 'show' : null,
      from: this.from || null
    }
  }
}

/** What a page's boxes say that they did not say when it was made; This Page ticks them all. */
export function changedTicks({ do: button, shown, were, touched, ids: boxes }: PickerForm) {
  const isWholePage = button === 'page'
  const [ticked, before, known] = [new Set(isWholePage ? [...boxes, ...shown] : boxes), new Set(were), new Set(touched)]
  const isChanged = (one: number) => isWholePage || known.has(one) || ticked.has(one) !== before.has(one)
  const all = [...new Set([...shown, ...boxes])].filter(isChanged)
  return { on: all.filter((one) => ticked.has(one)), off: all.filter((one) => !ticked.has(one)) }
}
