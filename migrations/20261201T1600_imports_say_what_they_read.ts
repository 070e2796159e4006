import { Migration } from '@mikro-orm/migrations'

/**
 * How a file's dates and names were read, by the numbers of the rows that show it; and imports into the groups that a file
 * names, row by row. They have no group of their own: theirs is 0. What else an import is about stays as it was.
 */
export class ImportsSayWhatTheyRead extends Migration {
  override up(): void {
    this.addSql(`
      alter table file_import
        add column as_read jsonb,
        add column swaps_names boolean not null default false
    `)
    // One name a line. Who is in a group may stand in its name: no statistics are kept of it.
    this.addSql(`
      alter table import_row
        add column group_names text,
        alter column group_names set statistics 0
    `)
    this.addSql(`
      create table import_group (
        import_id integer not null references file_import on delete cascade,
        key text not null,
        name text not null,
        group_id integer,
        is_list boolean not null,
        is_new boolean not null,
        created integer not null,
        added integer not null,
        moved integer not null,
        already integer not null,
        origins jsonb not null,
        primary key (import_id, key)
      )
    `)
    this.addSql(`
      alter table import_group
        alter column key set statistics 0,
        alter column name set statistics 0
    `)
    // Lists that an import made; of its undo, those that were deleted again, and those that were kept.
    this.addSql(`
      alter table bulk_operation
        add column lists integer not null default 0,
        add column lists_kept integer not null default 0
    `)
  }
}
