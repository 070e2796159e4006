import { type QueryExecutorProvider, sql } from 'kysely'
import type { Em } from './orm.ts'
import { rows } from './rows.ts'

/** A snapshot of the database that stays open while somebody reads from it. */
export interface Snapshot {
  em: Em
  close(): Promise<void>
}

/**
 * Sorting millions of rows may take longer than a page may. A slow line may too, and it is ended by the server's own
 * deadlines.
 */
const LONGEST = '3min'

/**
 * Opens a reading, which ends at the latest when `signal` is aborted because the reader has left. A query that is
 * running then is cancelled, because PostgreSQL would otherwise finish it for nobody.
 */
export async function openSnapshot(em: Em, signal: AbortSignal): Promise<Snapshot> {
  const inner = em.fork()
  const begun = Promise.withResolvers<number>()
  const over = Promise.withResolvers<void>()
  // A transaction of em's would not do: it never returns a broken connection to the pool, because its rollback fails.
  const held = em
    .getKysely()
    .connection()
    .execute(async (connection) => {
      const pid = await begin(connection)
      inner.setTransactionContext(connection as unknown as Parameters<Em['setTransactionContext']>[0])
      begun.resolve(pid)
      await over.promise
      await sql`rollback`.execute(connection)
    })
  held.catch(begun.reject)
  const pid = await begun.promise

  let cancelled: Promise<unknown> = Promise.resolve()
  const close = async () => {
    signal.removeEventListener('abort', leave)
    // The cancel must have arrived before anybody else gets this connection, or it would cancel their query.
    await cancelled
    over.resolve()
    await held.catch(() => {})
  }
  const leave = () => {
    cancelled = rows(em.fork(), sql`select pg_cancel_backend(${pid})`).catch(() => {})
    close()
  }
  signal.addEventListener('abort', leave)
  if (signal.aborted) leave()
  return { em: inner, close }
}

/** Begins a transaction and returns the id of the database's process that runs it. */
async function begin(connection: QueryExecutorProvider): Promise<number> {
  await sql`begin isolation level repeatable read read only`.execute(connection)
  const { rows } = await sql<{ pid: number }>`
    select pg_backend_pid() as pid, set_config('statement_timeout', ${LONGEST}, true),
      set_config('idle_in_transaction_session_timeout', ${LONGEST}, true)
  `.execute(connection)
  return rows[0]?.pid ?? 0
}
