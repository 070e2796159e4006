import { rmSync } from 'node:fs'
import { eraseEmbedded } from '../src/db/embedded.ts'
import { DEMO_TEMPLATE, onServer, TEMPLATE, TEST_FOLDER, URL_FILE } from './database.ts'

if (process.env.TEST_DATABASE_URL) {
  for (const name of [TEMPLATE, DEMO_TEMPLATE]) {
    await onServer((client) => client.query(`drop database if exists ${name} with (force)`))
  }
} else {
  await eraseEmbedded(TEST_FOLDER)
  rmSync(URL_FILE, { force: true })
}
