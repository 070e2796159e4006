/** What a file of customers has of each customer, and how a portion of them is read. */
import { sql } from 'kysely'
import type { Em } from '../../db/orm.ts'
import { rows } from '../../db/rows.ts'
import type { RetailersDay } from '../../figures/calendar.ts'
import type { Column } from '../../lib/sheets.ts'
import type { CustomerFields } from '../details.ts'
import { FIELD_LIST, type NamedField } from '../fields.ts'
import { NAMED_FIELDS } from '../fields-sql.ts'
import type { FileColumn, GroupNames, RowOfAll } from './column.ts'
import { COLUMNS } from './columns.ts'

/** As the database has it: with the ids of the groups instead of their names. */
export type ExportedCustomer = CustomerFields & RowOfAll<typeof COLUMNS, 'file'>

const PARTS = Object.values(COLUMNS).flatMap((column) => ('file' in column ? [column.file] : []))

/** The columns of a file of customers: first their fields, as the import's template has them. */
export function fileColumns(groups: GroupNames): Column<ExportedCustomer>[] {
  const columns = PARTS.flatMap((part): FileColumn<ExportedCustomer>[] => part.columns)
  const others = columns.map(({ value, ...column }) => ({
    ...column,
    value: (customer: ExportedCustomer) => value(customer, groups)
  }))
  return [...FIELD_LIST.map(columnOf), ...others]
}

function columnOf({ name, header, width, type, choices }: NamedField): Column<ExportedCustomer> {
  return {
    label: header,
    width,
    type: type === 'date' ? 'day' : 'text',
    value: ({ [name]: kept }) => (kept && choices?.[kept]) ?? kept
  }
}

/** The customers with these ids, in their order. */
export async function readDetails(em: Em, ids: number[], day: RetailersDay): Promise<ExportedCustomer[]> {
  return rows(
    em,
    sql<ExportedCustomer>`
    select ${NAMED_FIELDS}, ${sql.join(PARTS.map(({ select }) => select(day)))}
    from unnest(${ids}::int[]) with ordinality as placed (id, number)
    join customer on customer.id = placed.id
    join customer_totals totals on totals.customer_id = placed.id
    join primary_membership on primary_membership.customer_id = placed.id
    order by placed.number
  `
  )
}
