import { sql } from 'kysely'
import { z } from 'zod'
import { type FieldErrors, fieldErrors } from '../lib/field-errors.ts'
import { line } from '../lib/fields.ts'
import { type Direction, type Place, placeFields, type SortColumn } from '../lib/paging.ts'
import { withQuery } from '../lib/url.ts'

/** Of Walk-in none: the walk-in customer is nobody, so that a list of groups adds up to everyone (docs/rules.md, 3). */
export const COUNTED = sql<
  number | null
>`case when grouped.system is distinct from 'walk-in' then figures.customers end`

/** What the list of groups can be sorted by. The aliases are those of listGroups(). */
export const COLUMNS = {
  name: { expression: sql`grouped.name`, type: 'text', first: 'asc' },
  kind: { expression: sql`grouped.kind`, type: 'text', first: 'desc' },
  customers: { expression: COUNTED, type: 'integer', first: 'desc', nullable: true },
  average: { expression: sql`figures.average`, type: 'numeric', first: 'desc', nullable: true },
  top: { expression: sql`figures.top_product`, type: 'text', first: 'asc', nullable: true }
} as const satisfies Record<string, SortColumn>

export type SortKey = keyof typeof COLUMNS

/** Made once: a schema takes longer to make than to use. */
const search = z.object({ q: line('The search', 200) })
const schema = z.object({
  q: line('The search', 200).catch(''),
  kind: z.enum(['primary', 'list']).optional().catch(undefined),
  sort: z.enum(Object.keys(COLUMNS) as [SortKey, ...SortKey[]]).catch('name'),
  dir: z.enum(['asc', 'desc']).optional().catch(undefined),
  ...placeFields
})

/** Which groups the list holds and how it is looked at; its URL says the same. */
export class GroupFilter {
  readonly q: string
  readonly kind: 'primary' | 'list' | undefined
  readonly sort: SortKey
  readonly direction: Direction
  readonly place: Place
  readonly errors: FieldErrors
  /** The search as it was typed, also if it can't be searched for. */
  readonly typed: string

  private constructor(values: z.output<typeof schema>, errors: FieldErrors, typed: string) {
    this.typed = typed
    this.q = values.q
    this.kind = values.kind
    this.sort = values.sort
    this.direction = values.dir ?? COLUMNS[values.sort].first
    this.place = { after: values.after, before: values.before }
    this.errors = errors
  }

  static from(query: Record<string, unknown>): GroupFilter {
    const searched = search.safeParse(query)
    return new GroupFilter(
      schema.parse(query),
      searched.success ? {} : fieldErrors(searched.error),
      typeof query.q === 'string' ? query.q : ''
    )
  }

  get isActive(): boolean {
    return this.q !== '' || this.kind !== undefined
  }

  href(changes: Record<string, string | null> = {}): string {
    return withQuery('/groups', { q: this.q, kind: this.kind, ...this.look, ...changes })
  }

  /** This very page of the list. */
  placeHref(): string {
    return this.href({ after: this.place.after ?? null, before: this.place.before ?? null })
  }

  /** How the list is looked at, where it is not by name from A to Z. */
  get look(): Record<string, string> {
    const { first } = COLUMNS[this.sort]
    return {
      ...(this.sort !== 'name' && { sort: this.sort }),
      ...(this.direction !== first && { dir: this.direction })
    }
  }

  sortHref(key: SortKey): string {
    const { first } = COLUMNS[key]
    const turned = this.direction === 'asc' ? 'desc' : 'asc'
    const direction = key === this.sort ? turned : first
    return this.href({ sort: key === 'name' ? null : key, dir: direction === first ? null : direction })
  }
}
