import { rmSync } from 'node:fs'
import { stopEmbedded } from '../src/db/embedded.ts'
import { DEMO_TEMPLATE, onServer, TEMPLATE, TEST_FOLDER, URL_FILE } from './database.ts'

if (process.env.TEST_DATABASE_URL) {
  for (const name of [TEMPLATE, DEMO_TEMPLATE]) {
    await onServer((client) => client.query(`drop database if exists ${name} with (force)`))
  }
} else {
  await stopEmbedded(TEST_FOLDER)
  for (const left of [TEST_FOLDER, URL_FILE]) rmSync(left, { recursive: true, force: true })
}
