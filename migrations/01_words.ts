import { Migration } from '@mikro-orm/migrations'

/** How words are sorted, compared and searched. It is the same on every server, whatever the server's locale. */
export class Words extends Migration {
  override up(): void {
    this.addSql(`create extension if not exists pg_trgm`)
    this.addSql(`create extension if not exists unaccent`)

    // The cluster's own collation depends on the operating system. People are sorted by Unicode's rules everywhere.
    this.addSql(`create collation people (provider = icu, locale = 'und')`)

    // Two names are the same if they differ only in case, outer spaces or the way in which Unicode composes them.
    this.addSql(`
      create function name_key(value text) returns text
      language sql immutable strict parallel safe
      return lower(btrim(normalize(value, NFKC), E' \\t\\n\\r') collate people)
    `)

    // unaccent() is only STABLE because its dictionary could be changed. This calls it with a named dictionary that
    // never changes.
    this.addSql(`
      create function search_text(value text) returns text
      language sql immutable strict parallel safe
      return lower(public.unaccent('public.unaccent'::regdictionary, normalize(value, NFKC)) collate people)
    `)

    // Trigrams end at a sign, so "ra.9" would have hardly any, but "raqx9" has three. To a search, all signs are the
    // same.
    this.addSql(`
      create function solid_text(value text) returns text
      language sql immutable strict parallel safe
      return regexp_replace(search_text(value), '[!-/:-@[-\`{-~]', 'qx', 'g')
    `)

    // One or two letters have no trigram. A tsvector finds words by their beginnings.
    this.addSql(`
      create function words_of(line text) returns tsvector
      language sql immutable parallel safe
      return array_to_tsvector(array_remove(string_to_array(line, ' '), ''))
    `)

    // A lone letter beside a longer word is a middle initial, and "de" or "Mrs" is nobody's name. They prove nothing
    // unless there is nothing else.
    this.addSql(`
      create function name_words(first_name text, last_name text) returns text[]
      language sql immutable parallel safe
      return (
        select coalesce(array_agg(word) filter (where not is_filler), array_agg(word), '{}') from (
          select word, word in ('de', 'da', 'do', 'dos', 'das', 'del', 'della', 'di', 'du', 'la', 'le', 'van', 'von', 'der', 'den', 'ter',
            'el', 'al', 'bin', 'ibn', 'abu', 'mr', 'mrs', 'ms', 'miss', 'dr') as is_filler
          from (
            select word, length(word) = 1 and bool_or(length(word) > 1) over (partition by place) as is_middle
            from (values (1, first_name), (2, last_name)) field (place, value)
            cross join lateral regexp_split_to_table(
              translate(search_text(value), '''’ʼ\`', '') collate people, '[[:space:][:punct:]]+'
            ) word
            where word <> ''
          ) said where not is_middle
        ) told
      )
    `)
    // Similarity comes first, because it takes a tenth of the time that comparing words takes and settles nearly all
    // cases.
    this.addSql(`
      create function is_other_name(first_name text, last_name text, known_first_name text, known_last_name text) returns boolean
      language sql immutable parallel safe
      return case
        when similarity(
          search_text(coalesce(first_name, '') || ' ' || coalesce(last_name, '')),
          search_text(coalesce(known_first_name, '') || ' ' || coalesce(known_last_name, ''))
        ) >= 0.3 then false
        else (
          select cardinality(said) > 0 and cardinality(known) > 0 and not exists (
            select from unnest(said) one cross join unnest(known) other
            where one = other or (length(one) = 1 and starts_with(other, one)) or (length(other) = 1 and starts_with(one, other))
          )
          from (
            select name_words(first_name, last_name) as said, name_words(known_first_name, known_last_name) as known offset 0
          ) names
        )
      end
    `)
  }
}
