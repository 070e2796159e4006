import pg from 'pg'
import type { Test } from 'tap'
import { readOptions } from '../../src/seed/options.ts'
import { Progress } from '../../src/seed/progress.ts'
import { seed } from '../../src/seed/seed.ts'
import { createDatabase } from '../database.ts'

export const SIZE = '--customers 2000 --groups 60 --sales 5000'

/** A migrated database of its own, dropped when the test ends, and what fills it. */
export async function openDatabase(t: Test) {
  const { url, drop } = await createDatabase()
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  t.teardown(async () => {
    await client.end()
    await drop()
  })
  return {
    ask: async (query: string) => (await client.query<Record<string, unknown>>(query)).rows,
    fill: (args: string, screen = new Screen()) => seed(url, readOptions(args.split(' ')), new Progress(screen))
  }
}

/** Where progress is written. */
export class Screen {
  text = ''
  isTTY = false
  write(text: string) {
    this.text += text
  }
}
