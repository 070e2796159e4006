/** What a file of customers has of each customer, and how a portion of them is read. */
import { sql } from 'kysely'
import type { Em } from '../../db/orm.ts'
import { rows } from '../../db/rows.ts'
import type { RetailersDay } from '../../figures/calendar.ts'
import type { Column } from '../../lib/sheets.ts'
import type { FileColumn, GroupNames, RowOfAll } from './column.ts'
import { COLUMNS } from './columns.ts'

/** As the database has it: with the ids of the groups instead of their names. */
export type ExportedCustomer = RowOfAll<typeof COLUMNS, 'file'>

const PARTS = Object.values(COLUMNS).flatMap((column) => ('file' in column ? [column.file] : []))

/** The columns of a file of customers. */
export function fileColumns(groups: GroupNames): Column<ExportedCustomer>[] {
  const columns = PARTS.flatMap((part): FileColumn<ExportedCustomer>[] => part.columns)
  return columns.map(({ value, ...column }) => ({ ...column, value: (customer) => value(customer, groups) }))
}

/** The customers with these ids, in their order. */
export async function readDetails(em: Em, ids: number[], day: RetailersDay): Promise<ExportedCustomer[]> {
  return rows(
    em,
    sql<ExportedCustomer>`
    select ${sql.join(PARTS.map(({ select }) => select(day)))}
    from unnest(${ids}::int[]) with ordinality as placed (id, number)
    join customer on customer.id = placed.id
    join customer_totals totals on totals.customer_id = placed.id
    join primary_membership on primary_membership.customer_id = placed.id
    order by placed.number
  `
  )
}
