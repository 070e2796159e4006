import { type RawBuilder, sql } from 'kysely'

/**
 * Whether somebody holds pg_advisory_lock(hashtext(name), id), in this database. A process that dies, however, lets go of it
 * with its connection.
 */
export function isHeld(name: string, id: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql`exists (
    select from pg_locks
    where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
      and classid = (hashtext(${name})::bigint & 4294967295)::oid and objid = (${id}::bigint & 4294967295)::oid and objsubid = 2
  )`
}
