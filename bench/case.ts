import type { Bar } from './bars.ts'
import type { Stage } from './stage.ts'

export interface Measured {
  unit: 'ms' | 's' | 'MB' | '/s' | '%'
  median: number
  p99: number | null
  /** The same by the yardstick; null where there is none. */
  yardstick: number | null
  /** What makes it a miss, however quick it was: another answer than the yardstick's, a big table read from end to end. */
  flaws: string[]
}

/** Thrown by a case that has nothing to measure yet. */
export class Skip extends Error {}

export interface Case {
  /** What --case names: the whole of it, or its beginning up to a slash. */
  name: string
  bar: Bar
  /** Tables without which it is skipped. */
  needs?: string[]
  run(stage: Stage): Promise<Measured>
}

export type Result = Pick<Case, 'name' | 'bar'> &
  ({ measured: Measured; isMet: boolean } | { measured: null; isMet: boolean; why: string })

export const FIGURES = ['group_figures', 'count_change', 'group_top_product']
