import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { Em } from '../../src/db/orm.ts'
import { rows } from '../../src/db/rows.ts'
import { TEST_FOLDER } from '../database.ts'

interface Column {
  schema: string
  table: string
  column: string
  type: string
}

/**
 * Every column of every table in which one of some words stands, tables to come and PostgreSQL's own statistics included;
 * a word of digits alone is found in whatever way they are set apart.
 */
export async function tracesOf(em: Em, words: string[]): Promise<string[]> {
  const columns = await rows(
    em,
    sql<Column>`
    select nspname as schema, relname as table, attname as column, format_type(atttypid, atttypmod) as type
    from pg_class join pg_namespace on pg_namespace.oid = relnamespace join pg_attribute on attrelid = pg_class.oid
    where relkind in ('r', 'p', 'm') and attnum > 0 and not attisdropped and relpersistence <> 't'
      and (nspname not in ('pg_catalog', 'information_schema') or relname = 'pg_statistic')
      and has_column_privilege(pg_class.oid, attnum, 'select')
    order by 1, 2, attnum
  `
  )
  const digits = words.filter((word) => /^\d+$/.test(word))
  const looks = columns.map(({ schema, table, column, type }) => {
    const name = sql.ref(column)
    const text = type === 'bytea' ? sql`encode(${name}, 'escape')` : sql`${name}::text`
    return sql`(select ${sql.lit(`${schema}.${table}.${column}`)} as place, left(${text}, 200) as excerpt from ${sql.table(`${schema}.${table}`)}
      where lower(${text}) like any(select '%' || lower(word) || '%' from unnest(${words}::text[]) word)
        or regexp_replace(${text}, '[^0-9]', '', 'g') like any(select '%' || word || '%' from unnest(${digits}::text[]) word)
      limit 1)`
  })
  const found = await rows(em, sql<{ place: string; excerpt: string }>`${sql.join(looks, sql` union all `)}`)
  return [...found.map(({ place, excerpt }) => `${place}: ${excerpt}`), ...inFiles(words)]
}

/** Beside the database's own, which only it can read. */
function inFiles(words: string[]): string[] {
  if (process.env.TEST_DATABASE_URL) return []
  return readdirSync(TEST_FOLDER)
    .map((name) => join(TEST_FOLDER, name))
    .filter((path) => statSync(path).isFile() && mentions(readFileSync(path, 'latin1').toLowerCase(), words))
}

const mentions = (text: string, words: string[]) => words.some((word) => text.includes(word.toLowerCase()))
