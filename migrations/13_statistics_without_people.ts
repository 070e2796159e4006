import { Migration } from '@mikro-orm/migrations'

/** Columns of what people typed, or might have typed, about people. Even a group's name may say who is in it. */
const OF_PEOPLE = {
  account_entry: 'reason reference',
  activity_value: 'before after',
  file_import: 'file_name headers samples',
  import_error: 'phone email',
  import_group: 'key name',
  import_row: 'first_name last_name phone email location group_names day_first month_first note',
  overview_row: 'label',
  place: 'name folded',
  selection: 'filter',
  updated_customer: 'first_name last_name phone email birth_date location'
}

/**
 * PostgreSQL keeps some values of each column for its planner, including values of rows that were deleted long ago. No
 * query needs those of these columns.
 */
export class StatisticsWithoutPeople extends Migration {
  override up(): void {
    for (const [table, columns] of Object.entries(OF_PEOPLE)) {
      const changes = columns.split(' ').map((column) => `alter column ${column} set statistics 0`)
      this.addSql(`alter table ${table} ${changes.join(', ')}`)
    }
  }
}
