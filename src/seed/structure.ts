import type pg from 'pg'
import type { Progress } from './progress.ts'

/**
 * A trigger, key or index of a table. Loading a table is much quicker without these, and so is building them from all
 * rows at once.
 */
interface StructurePart {
  kind: 'trigger' | 'foreign key' | 'key' | 'index'
  drop: string
  build: string
}

/** All of them, as PostgreSQL's catalog describes them. Those of partitions follow their parent's. */
const PARTS = `
  with filled as (select unnest($1::regclass[]) as id)
  select 'trigger' as kind,
    format('alter table %s disable trigger %I', tgrelid::regclass, tgname) as drop,
    format('alter table %s enable trigger %I', tgrelid::regclass, tgname) as build
  from pg_trigger where tgrelid in (table filled) and not tgisinternal and tgenabled = 'O' and tgparentid = 0
    and tgtype & 6 <> 6 -- Before an insert they say what the row itself holds.
  union all
  select case contype when 'f' then 'foreign key' else 'key' end,
    format('alter table %s drop constraint %I', conrelid::regclass, conname),
    format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
  from pg_constraint
  where conparentid = 0 and (contype = 'f' and (conrelid in (table filled) or confrelid in (table filled))
    or contype in ('p', 'u', 'x') and conrelid in (table filled))
  union all
  select 'index', format('drop index %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
  from pg_index
  where indrelid in (table filled)
    and not exists (select from pg_constraint where conindid = indexrelid and contype in ('p', 'u', 'x'))
    and not exists (select from pg_inherits where inhrelid = indexrelid)
`

const DOWN: StructurePart['kind'][] = ['trigger', 'foreign key', 'key', 'index']
const UP: StructurePart['kind'][] = ['key', 'index', 'foreign key', 'trigger']

/** Removes the tables' indexes, keys, foreign keys and triggers, and returns what they were. */
export async function dropStructure(client: pg.Client, tables: string[]): Promise<StructurePart[]> {
  const { rows: parts } = await client.query<StructurePart>(PARTS, [tables])
  for (const { drop } of inOrder(parts, DOWN)) await client.query(drop)
  return parts
}

/** Builds the removed parts again. Adding a foreign key checks every row. */
export async function buildStructure(client: pg.Client, parts: StructurePart[], progress: Progress): Promise<void> {
  for (const kind of UP) {
    const due = parts.filter((part) => part.kind === kind)
    progress.begin(`${kind === 'index' ? 'indexe' : kind}s`, due.length)
    for (const { build } of due) {
      await client.query(build)
      progress.advance(1)
    }
    progress.end()
  }
}

const UNVALIDATED = `
  select format('alter table %s validate constraint %I', conrelid::regclass, conname) as validate
  from pg_constraint where not convalidated and conrelid <> 0 and connamespace = 'public'::regnamespace
`

/** Validates all constraints, including those that were not validated before. */
export async function validateAll(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ validate: string }>(UNVALIDATED)
  for (const { validate } of rows) await client.query(validate)
}

function inOrder(parts: StructurePart[], kinds: StructurePart['kind'][]): StructurePart[] {
  return kinds.flatMap((kind) => parts.filter((part) => part.kind === kind))
}
