import { type Case, type Result, Skip } from './case.ts'
import type { Stage } from './stage.ts'

/** Runs the cases one after the other. A case that fails is a miss, and the others still run. */
export async function runCases(stage: Stage, cases: Case[], report: (result: Result) => void): Promise<Result[]> {
  const results: Result[] = []
  for (const one of cases) {
    const result = await runCase(stage, one)
    if (result.measured) stage.measured.set(one.name, result.measured)
    results.push(result)
    report(result)
  }
  return results
}

async function runCase(stage: Stage, { name, bar, needs, run }: Case): Promise<Result> {
  try {
    await refuseMissing(stage, needs ?? [])
    const measured = await run(stage)
    const isMet = measured.flaws.length === 0 && bar.isMet(measured, (other) => stage.measured.get(other))
    return { name, bar, measured, isMet }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const isSkipped = error instanceof Skip || isMissingModule(error)
    return { name, bar, measured: null, isMet: isSkipped, why: isSkipped ? `skipped: ${why}` : `failed: ${why}` }
  }
}

async function refuseMissing({ client }: Stage, tables: string[]): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    'select name from unnest($1::text[]) name where to_regclass(name) is null',
    [tables]
  )
  if (rows[0]) throw new Skip(`the table ${rows[0].name} is not there yet`)
}

function isMissingModule(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'
}
