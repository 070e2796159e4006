import { join } from 'node:path'
import { isLoopback, readConfig, StartError } from './config.ts'
import { importDevelopment } from './demo/import-development.ts'
import { DEMO_PASSWORD, DEMO_STAFF } from './demo/shop.ts'
import { run, serve } from './serve.ts'

await run(async () => {
  const given = readConfig({ LOG_LEVEL: 'warn', ...process.env })
  const { loadDemo } = await importDevelopment(() => import('./demo/load.ts'))
  // The demo's passwords are public, so nobody else may reach it, and it never uses the data of the shop.
  if (!isLoopback(given.HOST))
    throw new StartError('HOST must be this machine (127.0.0.1) for the demo, because its passwords are public.')
  const config = { ...given, DATA_DIR: join(given.DATA_DIR, 'demo'), purpose: 'passing' as const }
  await serve(config, async (em, address, now) => {
    await loadDemo(em, { now })
    return [
      '',
      `Clientele’s demo is at ${address}`,
      '',
      ...signIns(),
      '',
      'Press Ctrl-C to stop it. Start it again, and everything is as you left it.'
    ]
  })
})

function signIns(): string[] {
  return ['Sign in as', ...DEMO_STAFF.map(({ email, role }) => `  ${email.padEnd(20)} ${DEMO_PASSWORD}   (${role})`)]
}
