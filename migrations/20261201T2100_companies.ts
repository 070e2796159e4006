import { Migration } from '@mikro-orm/migrations'

/**
 * The company that a customer buys for. Nobody has one yet, so nothing is written anew: the haystack, which PostgreSQL kept by an
 * expression that can't be changed without writing the whole table and its indexes again, is kept by a trigger from here on,
 * and says of everybody without a company what it said before.
 */
export class Companies extends Migration {
  override up(): void {
    this.addSql(`alter table customer add column company text check (length(btrim(company)) between 1 and 80)`)
    for (const table of ['updated_customer', 'import_row']) {
      this.addSql(`alter table ${table} add column company text`)
      // See StatisticsWithoutPeople.
      this.addSql(`alter table ${table} alter column company set statistics 0`)
    }
    this.addSql(`alter table customer alter column haystack drop expression`)
    // The words of a company follow those of the name, in the line whose words have an index: "Wong & Co" has only short ones.
    this.addSql(`
      create function keep_haystack() returns trigger language plpgsql as $$
      begin
        new.haystack := solid_text(
          ' ' || btrim(new.first_name || ' ' || new.last_name) || coalesce(' ' || new.company, '')
            || E'\\n' || coalesce(new.phone, '') || E'\\n' || coalesce(new.email, '')
        );
        return new;
      end
      $$
    `)
    this.addSql(`
      create trigger keep_haystack before insert or update of first_name, last_name, phone, email, company on customer
      for each row execute function keep_haystack()
    `)
  }
}
