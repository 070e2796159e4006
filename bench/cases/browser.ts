import { under } from '../bars.ts'
import type { SlowBrowser } from '../browser.ts'
import type { Case } from '../case.ts'
import { median } from '../measure.ts'
import type { Stage } from '../stage.ts'

const TIMES = 5

type Tool = typeof import('../browser.ts')

export const browserCases: Case[] = [
  inBrowser('browser/customer-list-cold', 2_500, (tool, slow, path) => tool.openCold(slow, path)),
  inBrowser('browser/search', 300, (tool, slow, path) => tool.search(slow, path, 'mar'))
]

/** A case in a slowed-down Chromium. It takes the median of five times. */
function inBrowser(
  name: string,
  limit: number,
  once: (tool: Tool, slow: SlowBrowser, path: string) => Promise<number>
): Case {
  return {
    name,
    bar: under(limit),
    async run({ visitor, facts }: Stage) {
      // The module is imported here so that the rest of the bench runs where there are no browsers.
      const tool = await import('../browser.ts')
      const path = `/groups/${facts.groups.large.id}/customers`
      const times = await tool.withSlowBrowser(visitor, async (slow) => {
        const taken: number[] = []
        for (let time = 0; time < TIMES; time++) taken.push(await once(tool, slow, path))
        return taken
      })
      return { unit: 'ms', median: median(times), p99: Math.max(...times), yardstick: null, flaws: [] }
    }
  }
}
