import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import t from 'tap'
import { readFile } from './helper.ts'

const folder = dirname(createRequire(import.meta.url).resolve('csv-spectrum/package.json'))

/** The acid test of CSV readers that others share, by what its authors say each file holds. */
for (const name of readdirSync(join(folder, 'csvs'))) {
  // Its authors changed the phone number in one of the two files only.
  if (name === 'location_coordinates.csv') continue
  t.test(name, async (t) => {
    const expected: Record<string, string>[] = JSON.parse(
      readFileSync(join(folder, 'json', name.replace(/csv$/, 'json')), 'utf8')
    )
    const { headers, cells } = await readFile(readFileSync(join(folder, 'csvs', name)))
    const found = cells.map((row) => Object.fromEntries(headers.map((header, at) => [header, row[at] ?? ''])))
    t.same(found, expected)
  })
}
