import { type RawBuilder, sql } from 'kysely'

/**
 * An SQL condition: whether some connection to this database holds pg_advisory_lock(hashtext(name), id). A process that
 * dies releases its locks, because its connection ends.
 */
export function isLockHeld(name: string, id: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql`exists (
    select from pg_locks
    where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
      and classid = (hashtext(${name})::bigint & 4294967295)::oid and objid = (${id}::bigint & 4294967295)::oid and objsubid = 2
  )`
}
