import { stepByIndex } from '../db/by-index.ts'
import type { Em } from '../db/orm.ts'
import { preparedRow, row } from '../db/rows.ts'
import { A_FEW } from '../operations/chosen.ts'
import type { Buckets, Operation } from '../operations/operation.ts'
import type { Phase, Sums } from '../operations/plan.ts'
import type { Step } from '../operations/steps.ts'
import { planOf } from './plans.ts'

/** Hears how many customers of how many are dealt with, before the first step and after each; throws to end it there. */
export type Watch = (done: number, total: number) => Promise<void>

const unwatched: Watch = async () => {}

/** In em's transaction, step after step. */
export async function carryOut(em: Em, operation: Operation, hear = unwatched): Promise<Buckets> {
  const plan = await planOf(em, operation)
  const isLong = plan.total > A_FEW
  if (isLong) await stepByIndex(em)
  await hear(0, plan.total)
  const all: Sums[] = []
  let dealtWith = 0
  for (const step of plan.phases) {
    const hearMore = async (asked: number) => {
      if (isLong) await hear(dealtWith + asked, plan.total)
    }
    const sums = await walk(em, step, isLong, hearMore)
    dealtWith += sums.asked
    all.push(sums)
  }
  await plan.conclude()
  return plan.buckets(all)
}

/** One phase of a plan, step after step. */
async function walk(em: Em, phase: Phase, isLong: boolean, hear: (asked: number) => Promise<void>): Promise<Sums> {
  const sums: Sums = { asked: 0, done: 0, already: 0, groups: new Map(), someone: null }
  // To plan a short one takes longer than to do it; a long one needs a plan of its own.
  const read = isLong ? row : preparedRow
  for (let after: number | null = 0; after !== null; ) {
    const step: Step | undefined = await read(em, phase(after))
    if (!step) break
    after = step.next
    sums.asked += step.asked
    sums.done += step.done
    sums.already += step.already
    sums.someone ??= step.someone
    for (const [group, number] of Object.entries(step.groups ?? {})) {
      sums.groups.set(Number(group), (sums.groups.get(Number(group)) ?? 0) + number)
    }
    await hear(sums.asked)
  }
  return sums
}
