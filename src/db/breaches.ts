// Errors are told apart by PostgreSQL's code. MikroORM's own exceptions carry it too, but MikroORM does not wrap errors
// of kysely's queries or of COMMIT.
export const isForeignKeyBreach = (error: unknown) => codeOf(error) === '23503'
export const isUniqueBreach = (error: unknown) => codeOf(error) === '23505'
export const isDeadlock = (error: unknown) => codeOf(error) === '40P01'
/** Somebody else held a row for longer than lock_timeout. */
export const isLockTimeout = (error: unknown) => codeOf(error) === '55P03'

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
