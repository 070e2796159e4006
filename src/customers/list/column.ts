/** What a column of the customer list says of itself: how pages show it, how lists are sorted by it, and what files have of it. */
import { type RawBuilder, sql } from 'kysely'
import type { RetailersDay } from '../../figures/calendar.ts'
import type { Format } from '../../lib/format.ts'
import type { SortColumn } from '../../lib/paging.ts'
import type { Column as SheetColumn } from '../../lib/sheets.ts'

/** The tables that hold what conditions ask for and lists are sorted by; each with the name of the customer's id in it. */
export const IDS = {
  customer: sql<number>`customer.id`,
  totals: sql<number>`totals.customer_id`,
  group: sql<number>`primary_membership.customer_id`
} as const satisfies Record<string, RawBuilder<number>>

/** How lists are sorted by a column. Each such column has an index whose order is its expression, then the customer's id. */
export interface CustomerSort extends SortColumn {
  /** The table whose index is scanned. A page begins at an id of this very table: at another's, the whole index would be read. */
  table: keyof typeof IDS
}

/** What SQL selects for a column: one or more values, by the names that they have in a row. */
type Select<Row> = (day: RetailersDay) => RawBuilder<Row>

/** What pages show of a column. */
interface ListPart<Row> {
  /** The column's head. */
  label: string
  /** What stands before the value on a phone's card, where that is not the label. */
  card?: string
  /** Set to the right, digit below digit. */
  isNumeric?: boolean
  /** From customer, totals (customer_totals), primary_membership and primary_group (customer_group). */
  select: Select<Row>
  cell: Cell<Row>
}

/** The formats of src/lib/format.ts that write a value as it is, and null as a dash. */
type PlainFormat = 'text' | 'number' | 'money' | 'day'

type PlainCell<Row> = { [As in PlainFormat]: { as: As; of(row: Row): Parameters<Format[As]>[0] } }[PlainFormat]

/** How long ago a moment was, which it says itself when it is pointed at. `card` is left to moments; "never" has the label. */
interface AgoCell<Row> {
  as: 'ago'
  at(row: Row): string | null
  days(row: Row): number | null
}

/** How a value is drawn (views/customers/_cells.eta). A name and a phone are drawn in ways of their own. */
type Cell<Row> = PlainCell<Row> | AgoCell<Row> | { as: 'name' | 'phone' }

/** The names of groups, as a file writes them. */
export interface GroupNames {
  of(id: number): string
  /** In the order of names. */
  all(ids: number[]): string
}

export interface FileColumn<Row> extends Omit<SheetColumn<Row>, 'value'> {
  value(row: Row, groups: GroupNames): ReturnType<SheetColumn<Row>['value']>
}

/** What files have of a column, which may be several columns there. */
interface FilePart<Row> {
  /** From customer, totals and primary_membership. The names of groups are looked up in memory, as a file may have a million rows. */
  select: Select<Row>
  columns: FileColumn<Row>[]
}

/** What a column has: a part for pages, a part for files or both; and the way to sort by it, if there is one. */
export interface CustomerColumn {
  list?: object
  sort?: CustomerSort
  file?: object
}

/** Has TypeScript check a column's cell against what it selects. */
export const inList = <Row>(part: ListPart<Row>) => part

/** Has TypeScript check the columns of a file against what they are made from. */
export const inFile = <Row>(part: FilePart<Row>) => part

/** A column as the views draw it. */
export type ShownColumn = Required<Pick<ListPart<never>, 'label' | 'card' | 'isNumeric' | 'cell'>> & {
  key: string
  isSorted: boolean
}

type RowOf<Part> = Part extends { select: Select<infer Row> } ? Row : never

/** A | B as A & B. TypeScript does so with what a function takes, as it must fit all of them. */
type AllOf<Union> = (Union extends unknown ? (one: Union) => void : never) extends (all: infer All) => void
  ? All
  : never

/** A row with everything that the columns select for a part. */
export type RowOfAll<Columns, Part extends 'list' | 'file'> = AllOf<
  { [Key in keyof Columns]: Columns[Key] extends Record<Part, infer One> ? RowOf<One> : never }[keyof Columns]
>
