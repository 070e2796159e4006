import { writeFileSync } from 'node:fs'
import { readConfig, StartError } from '../src/config.ts'
import { run } from '../src/serve.ts'
import type { Case } from './case.ts'
import { chooseCases } from './cases/all.ts'
import { onCopy, openServer, queryOnce, retailerOf } from './database.ts'
import { EXPLAINED } from './explained.ts'
import type { Facts } from './facts.ts'
import { FULL_SIZE, readOptions } from './options.ts'
import { document, headline, line, type Part } from './report.ts'
import { runCases } from './run.ts'
import { onStage } from './stage.ts'

// npm run bench [-- --case NAME --customers N] measures each case against its yardstick at each size.
await run(async () => {
  const { cases: names, customers, rounds, out } = readOptions(process.argv.slice(2))
  const cases = chooseCases(names)
  const database = await openServer(readConfig())
  try {
    const [version] = await queryOnce(
      database.url,
      `select split_part(current_setting('server_version'), ' ', 1) as postgres`
    )
    const parts: Part[] = []
    for (const size of customers) {
      parts.push(await measure(database.url, size, cases, rounds))
      // The report is written after each size, because the largest takes an hour and may be interrupted.
      if (out) writeFileSync(out, document(parts, { postgres: String(version?.postgres), rounds }))
    }
    refuseMisses(parts)
  } finally {
    await database.close()
  }
})

async function measure(server: string, customers: number, cases: Case[], rounds: number): Promise<Part> {
  const retailer = retailerOf(customers)
  return onCopy(server, retailer, (url) =>
    onStage(url, rounds, async (stage) => {
      console.log(`\n${customers.toLocaleString('en-US')} customers\n${headline()}`)
      const results = await runCases(stage, cases, (result) => console.log(line(result)))
      return { ...retailer, sizes: sizesOf(stage.facts), results }
    })
  )
}

function sizesOf({ groups }: Facts): string {
  const named = Object.entries(groups).map(([name, { size }]) => `${name} ${size.toLocaleString('en-US')}`)
  return `Members of the groups that cases name: ${named.join(', ')}.`
}

/** Fails the run if a case at full size misses its bar and bench/explained.ts does not explain it. */
function refuseMisses(parts: Part[]): void {
  const full = parts.filter(({ customers }) => customers >= FULL_SIZE).flatMap(({ results }) => results)
  const missed = full.filter(({ name, isMet }) => !isMet && !EXPLAINED[name]).map(({ name }) => name)
  if (missed.length > 0)
    throw new StartError(`Missed without an explanation in bench/explained.ts: ${missed.join(', ')}.`)
}
