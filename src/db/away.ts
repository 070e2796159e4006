// PostgreSQL's own classes: connection trouble (08), shutting down (57P), too many connections (53300); and the socket's.
const AWAY = /^(08...|57P0[1-5]|53300|ECONN\w+|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EPIPE)$/

// What pg says without a code.
const LOST =
  /timeout exceeded when trying to connect|timeout expired|Connection terminated|not queryable|Query read timeout|The database does not answer/

/** Whether the database, or the way there, is what failed; its answer may have been lost. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if ('code' in error && AWAY.test(String(error.code))) return true
  return LOST.test(error.message) || isDatabaseAway(error.cause)
}
