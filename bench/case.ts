import type { Bar } from './bars.ts'
import type { Stage } from './stage.ts'

export interface Measurement {
  unit: 'ms' | 's' | 'MB' | '/s' | '%'
  median: number
  p99: number | null
  /** The same measured by the yardstick; null if there is none. */
  yardstick: number | null
  /**
   * Flaws that make a case a miss, however quick it was: an answer that differs from the yardstick's, or a big table
   * that is read from end to end.
   */
  flaws: string[]
}

/** Thrown by a case that has nothing to measure at this size, or on this system. */
export class Skip extends Error {}

export interface Case {
  /** The name that --case takes: all of it, or its beginning up to a slash. */
  name: string
  bar: Bar
  /** Tables without which the case is skipped. */
  needs?: string[]
  run(stage: Stage): Promise<Measurement>
}

export type Result = Pick<Case, 'name' | 'bar'> &
  ({ measured: Measurement; isMet: boolean } | { measured: null; isMet: boolean; why: string })

export const FIGURES = ['group_figures', 'count_change', 'group_top_product']
