import { type RawBuilder, sql } from 'kysely'

/**
 * What somebody searches for, as a LIKE pattern in which it matches only itself. It is escaped last: what looks like a
 * wide "％" becomes a "%" only when search_text() has made it plain.
 */
export function literally(text: string): RawBuilder<string> {
  return sql<string>`regexp_replace(search_text(${text}), '([\\\\%_])', '\\\\\\1', 'g')`
}
