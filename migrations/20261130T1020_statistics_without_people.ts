import { Migration } from '@mikro-orm/migrations'

const OF_PEOPLE = {
  import_row:
    'first_name text, last_name text, phone text, email text, location text, day_first date, month_first date',
  import_error: 'phone text, email text',
  updated_customer: 'first_name text, last_name text, phone text, email text, birth_date date, location text',
  activity_value: 'before text, after text',
  account_entry: 'reason text',
  file_import: 'file_name text, headers jsonb, samples jsonb',
  selection: 'filter jsonb',
  overview_row: 'label text'
}

/**
 * PostgreSQL keeps some values of each column for its planner, also of rows that were deleted long ago. No query needs those of
 * these columns. Giving a column the type that it has drops what is kept of it, and touches no row.
 */
export class StatisticsWithoutPeople extends Migration {
  /** Table by table, each of which can be done again: together they would wait for one another's users. */
  override isTransactional(): boolean {
    return false
  }

  override up(): void {
    for (const [table, columns] of Object.entries(OF_PEOPLE)) {
      const changes = columns.split(', ').flatMap((column) => {
        const [name, type] = column.split(' ')
        return [`alter column ${name} type ${type}`, `alter column ${name} set statistics 0`]
      })
      this.addSql(`alter table ${table} ${changes.join(', ')}`)
    }
  }
}
