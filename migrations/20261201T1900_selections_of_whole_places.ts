import { Migration } from '@mikro-orm/migrations'

/** A filter finds a place by a part of its name now: what was chosen before goes on meaning the whole of it. */
export class SelectionsOfWholePlaces extends Migration {
  override up(): void {
    this.addSql(`
      update selection set filter = jsonb_set(filter, '{params,location}', to_jsonb('"' || (filter->'params'->>'location') || '"'))
      where filter->'params'->>'location' <> '' and filter->'params'->>'location' !~ '^".+"$'
    `)
  }
}
