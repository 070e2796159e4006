import { type RawBuilder, sql } from 'kysely'

/**
 * A LIKE pattern in which the text of a search matches only itself. It is escaped last, because a character such as the
 * wide "％" becomes a "%" only when search_text() folds it.
 */
export function likePattern(text: string): RawBuilder<string> {
  return sql<string>`regexp_replace(search_text(${text}), '([\\\\%_])', '\\\\\\1', 'g')`
}

/**
 * A tsquery for words_of(), which matches words that begin with `word`. A word that consists of accents alone matches
 * nothing.
 */
export function wordPrefix(word: string): RawBuilder<unknown> {
  return sql`('''' || nullif(solid_text(${word}), '') || ''':*')::tsquery`
}
