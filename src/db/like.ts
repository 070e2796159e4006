import { type RawBuilder, sql } from 'kysely'

/**
 * What somebody searches for, as a LIKE pattern in which it matches only itself. It is escaped last: what looks like a
 * wide "％" becomes a "%" only when search_text() has made it plain.
 */
export function literally(text: string): RawBuilder<string> {
  return sql<string>`regexp_replace(search_text(${text}), '([\\\\%_])', '\\\\\\1', 'g')`
}

/** For words_of(): what begins with a word. One of accents alone is the beginning of nothing. */
export function wordBeginning(word: string): RawBuilder<unknown> {
  return sql`('''' || nullif(solid_text(${word}), '') || ''':*')::tsquery`
}
