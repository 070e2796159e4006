// PostgreSQL's codes for connection trouble (08), shutting down (57P) and too many connections (53300), and a socket's
// codes.
const AWAY = /^(08...|57P0[1-5]|53300|ECONN\w+|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EPIPE)$/

// Messages of errors to which `pg` gives no code.
const LOST =
  /timeout exceeded when trying to connect|timeout expired|Connection terminated|not queryable|Query read timeout|The database does not answer/

/**
 * Whether an error means that the database, or the way to it, failed. What was asked of it may have been done all the
 * same.
 */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if ('code' in error && AWAY.test(String(error.code))) return true
  return LOST.test(error.message) || isDatabaseAway(error.cause)
}
