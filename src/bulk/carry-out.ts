import { stepByIndex } from '../db/by-index.ts'
import type { Em } from '../db/orm.ts'
import { prepared } from '../db/prepared.ts'
import { row } from '../db/rows.ts'
import type { Buckets, Operation } from '../operations/operation.ts'
import type { Phase, PhaseTotals } from '../operations/plan.ts'
import type { Step } from '../operations/steps.ts'
import { A_FEW } from '../operations/subjects.ts'
import { planOf } from './plans.ts'

/**
 * Is called with the number of customers done and the number of all, before the first step and after each. It may throw
 * to end the operation.
 */
export type ProgressListener = (done: number, total: number) => Promise<void>

const ignoreProgress: ProgressListener = async () => {}

/** Carries out an operation step by step, in em's transaction. */
export async function carryOut(em: Em, operation: Operation, report = ignoreProgress): Promise<Buckets> {
  const plan = await planOf(em, operation)
  const isLong = plan.total > A_FEW
  if (isLong) await stepByIndex(em)
  await report(0, plan.total)
  const all: PhaseTotals[] = []
  let dealtWith = 0
  for (const step of plan.phases) {
    const reportMore = async (asked: number) => {
      if (isLong) await report(dealtWith + asked, plan.total)
    }
    const sums = await runPhase(em, step, isLong, reportMore)
    dealtWith += sums.asked
    all.push(sums)
  }
  await plan.conclude()
  return plan.buckets(all)
}

/** Runs one phase of a plan step by step, and adds up what its steps did. */
async function runPhase(
  em: Em,
  phase: Phase,
  isLong: boolean,
  report: (asked: number) => Promise<void>
): Promise<PhaseTotals> {
  const sums: PhaseTotals = { asked: 0, done: 0, already: 0, groups: new Map(), someone: null }
  // Planning the query of a short phase takes longer than running it, so that one is prepared. A long phase is worth a
  // plan of its own.
  for (let after: number | null = 0; after !== null; ) {
    const step: Step | undefined = await row(em, isLong ? phase(after) : prepared(phase(after)))
    if (!step) break
    after = step.next
    sums.asked += step.asked
    sums.done += step.done
    sums.already += step.already
    sums.someone ??= step.someone
    for (const [group, number] of Object.entries(step.groups ?? {})) {
      sums.groups.set(Number(group), (sums.groups.get(Number(group)) ?? 0) + number)
    }
    await report(sums.asked)
  }
  return sums
}
