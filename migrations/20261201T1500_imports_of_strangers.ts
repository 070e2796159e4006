import { Migration } from '@mikro-orm/migrations'

/** Rows whose phone or e-mail is a customer's and whose name is another's: left out of an import unless somebody ticks them. */
export class ImportsOfStrangers extends Migration {
  override up(): void {
    // A lone letter beside a longer word is a middle initial, and "de" or "Mrs" nobody's name: they prove nothing, unless there is nothing else.
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
    // The similarity first: it costs a tenth of what the words do, and settles nearly all.
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
    this.addSql(`
      alter table import_match
        drop constraint import_match_bucket_check,
        add check (bucket in ('create', 'add', 'move', 'already', 'stranger', 'passed', 'wrong')),
        add column if_ticked text check (if_ticked in ('add', 'move', 'already')),
        add column name_seen integer,
        add column changed_fields integer not null default 0
    `)
    this.addSql(`create index import_match_strangers on import_match (import_id, number) where if_ticked is not null`)
    this.addSql(`create index import_match_changes on import_match (import_id, number) where is_different`)
    // What of a row is not kept, though nothing in it is wrong.
    this.addSql(`alter table import_row add column note text, alter column note set statistics 0`)
  }
}
