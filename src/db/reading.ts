import { type QueryExecutorProvider, sql } from 'kysely'
import type { Em } from './orm.ts'
import { rows } from './rows.ts'

/** One moment of the database, held open for as long as somebody reads on. */
export interface Reading {
  em: Em
  close(): Promise<void>
}

/** A sort of millions may take longer than a page may; so may a slow line, which the server's own deadlines end first. */
const LONGEST = '3min'

/**
 * Opens a reading, which ends with `signal` at the latest: whoever it was for has left. A query that runs at that moment
 * is cancelled, as PostgreSQL would finish it for nobody.
 */
export async function openReading(em: Em, signal: AbortSignal): Promise<Reading> {
  const inner = em.fork()
  const begun = Promise.withResolvers<number>()
  const over = Promise.withResolvers<void>()
  // Not as a transaction of em's, which never gives a connection back that broke: its rollback fails.
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
    // Until then nobody else may get this connection: it would be their query that is cancelled.
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

/** Says which of the database's processes it is. */
async function begin(connection: QueryExecutorProvider): Promise<number> {
  await sql`begin isolation level repeatable read read only`.execute(connection)
  const { rows } = await sql<{ pid: number }>`
    select pg_backend_pid() as pid, set_config('statement_timeout', ${LONGEST}, true),
      set_config('idle_in_transaction_session_timeout', ${LONGEST}, true)
  `.execute(connection)
  return rows[0]?.pid ?? 0
}
