import { Migration } from '@mikro-orm/migrations'

/** Every way that a list of customers is sorted, filtered or searched has an index that it walks. */
export class Lists extends Migration {
  override up(): void {
    // On an empty database all migrations are one transaction, and a table whose rows still wait for a check gets no index.
    this.addSql(`set constraints all immediate`)

    // Trigrams end at a sign, so that "ra.9" would have hardly any; as "raqx9" it has three. All signs are one to a search.
    this.addSql(`
      create function solid_text(value text) returns text
      language sql immutable strict parallel safe
      return regexp_replace(search_text(value), '[!-/:-@[-\`{-~]', 'qx', 'g')
    `)
    this.addSql(`
      alter table customer drop column haystack, add column haystack text not null generated always as (
        solid_text(
          ' ' || btrim(first_name || ' ' || last_name) || E'\\n' || coalesce(phone, '') || E'\\n' || coalesce(email, '')
        )
      ) stored
    `)
    this.addSql(`create index customer_search on customer using gin (haystack gin_trgm_ops)`)

    // One or two letters have no trigram; a tsvector finds what its words begin with.
    this.addSql(`
      create function words_of(line text) returns tsvector
      language sql immutable parallel safe
      return array_to_tsvector(array_remove(string_to_array(line, ' '), ''))
    `)
    this.addSql(`create index customer_by_name_words on customer using gin (words_of(split_part(haystack, E'\\n', 1)))`)

    this.addSql(`create index customer_by_created_at on customer (created_at, id)`)
    this.addSql(`create index customer_by_place on customer (search_text(location), id)`)

    // Whoever is looked for by one of these and sorted by another is found in the index alone.
    this.addSql(`drop index customer_by_birth_date`)
    this.addSql(`create index customer_by_birth_date on customer (birth_date, id) include (gender)`)
    this.addSql(`create index customer_by_gender on customer (gender, id) include (birth_date)`)
    for (const [name, key, ...others] of [
      ['orders', 'orders', 'spent', 'last_order_at'],
      ['spent', 'spent', 'orders', 'last_order_at'],
      ['last_order', 'last_order_at', 'orders', 'spent']
    ]) {
      this.addSql(`drop index customer_totals_by_${name}`)
      this.addSql(
        `create index customer_totals_by_${name} on customer_totals (${key}, customer_id) include (${others.join(', ')})`
      )
    }

    this.addSql(`create index group_primary_by_name on customer_group (name, id) where kind = 'primary'`)
    this.addSql(`create index group_by_name on customer_group (name, id)`)
    this.addSql(`create index group_choices on customer_group (kind, (system is null), name, id)`)
    this.addSql(`create index group_name_words on customer_group using gin (words_of(solid_text(name)))`)
  }
}
