import { Migration } from '@mikro-orm/migrations'

/** Every way that a list of customers is sorted, filtered or searched has an index that it walks. */
export class Lists extends Migration {
  override up(): void {
    // On an empty database all migrations are one transaction, and a table whose rows still wait for a check gets no index.
    this.addSql(`set constraints all immediate`)

    // A trigram of "ra.9" would break at the point and match far too much; as "raq9" it has two full ones.
    this.addSql(`
      create function solid_text(value text) returns text
      language sql immutable strict parallel safe
      return translate(value, '!"#$%&''()*+,-./:;<=>?@[\\]^_\`{|}~', repeat('q', 32))
    `)
    this.addSql(`drop index customer_search`)
    this.addSql(`create index customer_search on customer using gin (solid_text(haystack) gin_trgm_ops)`)

    // One or two letters have no trigram; a tsvector finds what its words begin with.
    this.addSql(`
      create function words_of(line text) returns tsvector
      language sql immutable parallel safe
      return array_to_tsvector(array_remove(string_to_array(line, ' '), ''))
    `)
    this.addSql(`create index customer_by_name_words on customer using gin (words_of(split_part(haystack, E'\\n', 1)))`)

    this.addSql(`create index customer_by_gender on customer (gender, id)`)
    this.addSql(`create index customer_by_created_at on customer (created_at, id)`)
    this.addSql(`create index customer_by_place on customer (search_text(location), id)`)

    this.addSql(`create index group_primary_by_name on customer_group (name, id) where kind = 'primary'`)
    this.addSql(`create index group_by_name on customer_group (name, id)`)
    this.addSql(`create index group_choices on customer_group (kind, (system is null), name, id)`)
    this.addSql(`create index group_name_words on customer_group using gin (words_of(search_text(name)))`)
  }
}
