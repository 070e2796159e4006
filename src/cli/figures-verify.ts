import { readConfig, StartError } from '../config.ts'
import { migrate } from '../db/migrate.ts'
import { openDatabase } from '../db/open.ts'
import { createOrm } from '../entities.ts'
import { type Verdict, verifyFigures } from '../figures/verify.ts'
import { run } from '../serve.ts'

// npm run figures:verify [-- --repair] recounts all figures. It exits with 1 if one was wrong and was not repaired.
await run(async () => {
  const given = process.argv.slice(2)
  const repair = given.includes('--repair')
  const unknown = given.find((option) => option !== '--repair')
  if (unknown) throw new StartError(`figures:verify takes only --repair, not ${unknown}.`)
  const database = await openDatabase(readConfig(), 'command')
  const orm = createOrm(database.url)
  try {
    await migrate(database.url)
    const verdicts = await verifyFigures(orm.em, { repair })
    for (const verdict of verdicts) console.log(described(verdict))
    const drift = verdicts.reduce((sum, { drifted }) => sum + drifted, 0)
    console.log(`drift ${drift}${drift > 0 && repair ? ', repaired' : ''}`)
    if (drift > 0 && !repair)
      throw new StartError('Some figures are wrong. To repair them, run: npm run figures:verify -- --repair')
  } finally {
    await orm.close()
    await database.close()
  }
})

function described({ figure, checked, drifted, examples }: Verdict): string {
  const lines = examples.map(
    ({ of, kept, recounted }) => `    ${of}: kept ${kept ?? 'nothing'}, recounted ${recounted ?? 'nothing'}`
  )
  if (drifted > lines.length) lines.push(`    and ${drifted - lines.length} more`)
  return [`  ${figure}: ${checked.toLocaleString('en')} checked, ${drifted.toLocaleString('en')} wrong`, ...lines].join(
    '\n'
  )
}
