// A process of its own that holds an embedded database until its standard input ends. Run by holding.ts.
import { openEmbedded } from '../../src/db/embedded.ts'

const [folder = '', role, purpose] = process.argv.slice(2)
try {
  const database = await openEmbedded(folder, {
    role: role === 'server' ? 'server' : 'command',
    purpose: purpose === 'lasting' ? 'lasting' : 'passing',
    settings: { fsync: 'off' }
  })
  console.log(database.url)
  process.stdin.resume().once('end', async () => {
    await database.close()
    process.exit(0)
  })
} catch (error) {
  console.log(error instanceof Error ? error.message : error)
  process.exit(1)
}
