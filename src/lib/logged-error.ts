interface LoggedError {
  [detail: string]: unknown
  type: string
  message: string
  stack: string
}

/** An error as the log keeps it: without the values of customers that PostgreSQL's messages quote. */
export function errorForLog(error: unknown): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: 'Something that is no error', stack: '' }
  const { code, constraint } = { code: undefined, constraint: undefined, ...error }
  const message = withoutValues(error.message, code)
  const lines = (error.stack ?? '').split('\n').filter((line) => /^\s*at /.test(line))
  const cause = error.cause === undefined ? {} : { cause: errorForLog(error.cause) }
  return { type: error.name, message, stack: [message, ...lines].join('\n'), code, constraint, ...cause }
}

/**
 * Removes quoted values. MikroORM appends PostgreSQL's details as further lines; errors of class 22 (bad values) quote
 * in the first.
 */
function withoutValues(message: string, code: unknown): string {
  const told = message.split('\n - detail:')[0] ?? ''
  return /^22...$/.test(String(code)) ? told.replace(/".*"/s, '"…"') : told
}
