import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { CustomerFilter, type SortKey } from '../../customers/list/index.ts'
import { id, ids } from '../../lib/fields.ts'
import type { Currency } from '../../lib/money.ts'
import { withQuery } from '../../lib/url.ts'
import type { FrozenFilter } from '../../selections/selection.ts'

/** Ids in one field: "3 17 204". Words that are not ids are ignored. */
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
  /** The ids on the page, those ticked when it was made, and those whose boxes were touched since. */
  shown: idList,
  were: idList,
  touched: idList,
  ids: ids.catch([]),
  /** The number on the button. */
  expected: z.coerce.number().int().min(0).max(2_147_483_647).optional().catch(undefined),
  /** The button: 'tick', 'page', 'all', 'none', 'find', 'go', 'sure', or the address of another part of the list. */
  do: z.string().max(4_000).catch('go').default('go')
})

export type PickerForm = z.output<typeof fields>

export const pickerForm = fields.default(() => fields.parse({}))

/** Made once, because creating a schema is slow. */
const selectionId = z.uuid()

const address = z.string().max(2_000).catch('')

/** All Pages was chosen under another filter, or in the list without a filter. */
export type EarlierChoice = 'filter' | 'list'

/** The list of customers that a picker shows: a filter, and whether the group's members are shown too. */
export class PickerList {
  readonly filter: CustomerFilter
  readonly withMembers: boolean
  /** The id of the selection; null until somebody has begun one. */
  readonly selectionId: string | null
  /** Whether only the selected customers are listed. */
  readonly onlySelected: boolean
  /** The address, without its path, of the list that the user left to see the selected customers. */
  readonly from: string
  /** Whether the panel of the filter is open. */
  readonly opensPanel: boolean
  /** Whether the user is asked to confirm. */
  readonly asks: boolean

  readonly #place: Currency

  constructor(query: Record<string, unknown>, place: Currency) {
    this.#place = place
    this.onlySelected = query.selected === 'show'
    // The selected customers are read in two parts, which are merged by the column that sorts them.
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

  /** The address that a button carries, without its path. It is never empty. */
  button(changes: Record<string, string | null> = {}): string {
    return this.href('', { after: null, before: null, ...changes }) || '?'
  }

  /** The address of this list sorted by a column, as a button carries it. */
  sortButton(key: SortKey): string {
    const kind = withQuery('', this.#kind).slice(1)
    return [this.filter.sortHref('', key) || '?', ...(kind ? [kind] : [])].join('&')
  }

  /** Where All Pages was chosen, if this list has another filter by now; null if it has the same. */
  earlier(frozen: FrozenFilter | null): EarlierChoice | null {
    if (!frozen) return null
    const chosen = Object.entries(frozen.params)
    const now = this.filter.params
    const isSame = chosen.length === Object.keys(now).length && chosen.every(([name, value]) => now[name] === value)
    if (isSame && frozen.withMembers === this.withMembers) return null
    return chosen.length ? 'filter' : 'list'
  }

  /** The address of the list of selected customers; or, from there, of the list that the user left. */
  selectedButton(): string {
    const { look } = this.filter
    if (this.onlySelected) return this.#before.placeHref('') || '?'
    return withQuery('', { ...look, selected: 'show', from: this.placeHref('', { selection: null }) })
  }

  /** The full address of the list that the user left to see the selected customers. */
  backHref(path: string): string {
    return this.#before.placeHref(path, { selection: this.selectionId })
  }

  get #before(): PickerList {
    return PickerList.at(this.from, this.#place)
  }

  /** The address of this list with some changes; null removes a value. */
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

/** The boxes that differ from when the page was made. The button This Page ticks all of them. */
export function changedTicks({ do: button, shown, were, touched, ids: boxes }: PickerForm) {
  const isWholePage = button === 'page'
  const [ticked, before, known] = [new Set(isWholePage ? [...boxes, ...shown] : boxes), new Set(were), new Set(touched)]
  const isChanged = (one: number) => isWholePage || known.has(one) || ticked.has(one) !== before.has(one)
  const all = [...new Set([...shown, ...boxes])].filter(isChanged)
  return { on: all.filter((one) => ticked.has(one)), off: all.filter((one) => !ticked.has(one)) }
}
