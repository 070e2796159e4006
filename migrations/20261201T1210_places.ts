import { Migration } from '@mikro-orm/migrations'

/**
 * Where customers live, each place once or, after two who came at the same moment, twice: so that a part of its name is looked for
 * among thousands of places and not a million customers. Nobody waits for anybody: a place is only ever added here, and those
 * that nobody lives in any more are taken away by a pass (src/customers/places.ts).
 */
export class Places extends Migration {
  override up(): void {
    this.addSql(`create table place (name text collate people not null, folded text not null)`)
    this.addSql(`create index place_by_name on place (name)`)
    this.addSql(`alter table place alter column name set statistics 0, alter column folded set statistics 0`)
    this.addSql(`
      create function note_places() returns trigger language plpgsql as $$
      begin
        insert into place (name, folded)
        select location, search_text(location) from (select distinct location from settled where location is not null) found
        where not exists (select from place where place.name = found.location);
        return null;
      end
      $$
    `)
    this.addSql(`
      create trigger note_places_of_new after insert on customer
      referencing new table as settled for each statement execute function note_places()
    `)
    this.addSql(`
      create trigger note_places_of_changed after update on customer
      referencing new table as settled for each statement execute function note_places()
    `)
    // Leaps in the index from each place to the next one, over all who live there.
    this.addSql(`
      insert into place (name, folded)
      with recursive found as (
        (select location from customer where location is not null order by location limit 1)
        union all
        select next.location from found cross join lateral (
          select location from customer where customer.location > found.location order by location limit 1
        ) next
      )
      select location, search_text(location) from found
    `)
  }
}
