import { setTimeout as sleep } from 'node:timers/promises'
import type { Measurement } from './case.ts'
import { quantile, timed } from './measure.ts'
import type { Stage } from './stage.ts'
import { Visitor } from './visitor.ts'

const LOOKS = 100

/**
 * How long the list of groups takes, at its slowest twentieth, while `work` is under way, as the query `isUnderWay`
 * tells; and how long it takes when all is quiet.
 */
export async function groupsDuring(
  { client, server }: Stage,
  isUnderWay: string,
  work: () => Promise<unknown>
): Promise<Measurement> {
  const other = await Visitor.signIn(server.address)
  const look = () => timed(() => other.get('/groups'))
  try {
    const [quiet, busy]: [number[], number[]] = [[], []]
    for (let time = 0; time < LOOKS; time++) quiet.push(await look())
    let isOver = false
    const working = work().finally(() => {
      isOver = true
    })
    while (!isOver) {
      if ((await client.query(isUnderWay)).rowCount) busy.push(await look())
      else await sleep(20)
    }
    await working
    const slowest = quantile(busy, 0.95)
    return { unit: 'ms', median: slowest, p99: quantile(busy, 0.99), yardstick: quantile(quiet, 0.95), flaws: [] }
  } finally {
    other.leave()
  }
}
