import { read as readXlsx, utils, write as writeXlsx } from '@e965/xlsx'
import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { sql } from 'kysely'
import t from 'tap'
import { count, testApp } from '../helper.ts'
import { addGroup } from '../shop.ts'
import { add, bucketsOf, checkFile, lines } from './helper.ts'

const shop = await testApp(t)
const { em } = shop
const manager = await shop.as('manager')

const ROWS = 1_000
const WRONG = 137
/** Each wrong in its own way: no first name, an unreadable phone, e-mail or date, an unknown gender. */
const MISTAKES = [
  (n: number, mark: string) => `,No Name,,${mark}${n}@example.org,,,`,
  (n: number, mark: string) => `Ann,Lee,12,${mark}${n}@example.org,,,`,
  (n: number, mark: string) => `Ann,Lee,,${mark}${n}.example.org,,,`,
  (n: number, mark: string) => `Ann,Lee,,${mark}${n}@example.org,31/31/1990,,`,
  (n: number, mark: string) => `=1+1,"@Lee, the ""other""",,${mark}${n}@example.org,,purple,`
]
const isWrong = (n: number) => n % 7 === 3 && n < 7 * WRONG
const row = (n: number, mark: string) =>
  isWrong(n) ? MISTAKES[n % MISTAKES.length]?.(n, mark) : `Ann,Nr ${n},,${mark}${n}@example.org,1990-02-03,f,Berlin`

const file = (mark: string) => lines(...Array.from({ length: ROWS }, (_, n) => row(n, mark) ?? ''))
const wrongNumbers = Array.from({ length: ROWS }, (_, n) => n)
  .filter(isWrong)
  .map((n) => n + 2)

type Record = { [column: string]: string }

/** As somebody would correct it, looking at what is marked. */
function corrected(record: Record): Record {
  const [, field = '', reason] = /^(?:([^:]+): )?(.*)/.exec(record.Errors ?? '') ?? []
  if (!reason) throw new Error('A row without an error')
  const right: Record = {
    'First Name': 'Ann',
    Phone: '',
    Email: (record.Email ?? '').replace('.example.org', '@example.org'),
    'Birth Date': '1990-12-31',
    Gender: 'f'
  }
  return { ...record, [field]: right[field] ?? '' }
}

async function imported(mark: string) {
  const group = await addGroup(em, mark)
  const checked = await checkFile(shop, manager, group, file(mark))
  t.same(bucketsOf(checked.file.plan), { create: ROWS - WRONG, wrong: WRONG })
  const { path } = await add(shop, manager, checked.path)
  return { group, path }
}

const inGroup = (group: number) => count(em, sql`select count(*)::int as n from membership where group_id = ${group}`)

t.test('the CSV of the rows with errors, corrected and uploaded as it is, adds the rest', async (t) => {
  const { group, path } = await imported('csv')
  const answer = await manager.get(`${path}/errors.csv`)
  t.match(answer.headers['content-disposition'], 'people errors.csv')
  const records: Record[] = parse(answer.body, { columns: true, bom: true })
  t.same(
    records.map(({ Row }) => Number(Row)),
    wrongNumbers
  )
  t.ok(records.every(({ Errors }) => Errors))
  t.ok(
    records.some((one) => one['First Name'] === "'=1+1"),
    'what looks like a formula is harmless'
  )
  const again = await checkFile(shop, manager, group, stringify(records.map(corrected), { header: true }), {
    name: 'people errors.csv'
  })
  t.same(bucketsOf(again.file.plan), { create: WRONG })
  await add(shop, manager, again.path)
  t.equal(await inGroup(group), ROWS)
  t.ok(
    await count(
      em,
      sql`select count(*)::int as n from customer where first_name = '=1+1' and last_name = '@Lee, the "other"'`
    ),
    'and is what it was when it comes back'
  )
})

t.test('so does the XLSX, whose wrong cells are marked', async (t) => {
  const { group, path } = await imported('xlsx')
  const answer = await manager.get(`${path}/errors.xlsx`)
  const book = readXlsx(answer.rawPayload, { cellStyles: true })
  const sheet = book.Sheets[book.SheetNames[0] ?? ''] ?? {}
  const records = utils.sheet_to_json<Record>(sheet, { defval: '', raw: false })
  t.same(
    records.map(({ Row }) => Number(Row)),
    wrongNumbers
  )
  const heads = Object.keys(records[0] ?? {})
  let marked = 0
  for (const [at, record] of records.entries()) {
    const [field] = (record.Errors ?? '').split(':')
    for (const [column, head] of heads.entries()) {
      const cell = sheet[utils.encode_cell({ r: at + 1, c: column })]
      if (head === field) {
        marked++
        t.ok(cell?.c?.length, `row ${record.Row}: ${head} has a comment`)
      } else if (cell?.c?.length) t.fail(`row ${record.Row}: ${head} is marked and fine`)
    }
  }
  t.equal(marked, WRONG)
  const fixed = utils.json_to_sheet(records.map(corrected))
  const bytes: Buffer = writeXlsx(
    { SheetNames: ['Fixed'], Sheets: { Fixed: fixed } },
    { type: 'buffer', bookType: 'xlsx' }
  )
  const again = await checkFile(shop, manager, group, bytes, { name: 'people errors.xlsx' })
  t.same(bucketsOf(again.file.plan), { create: WRONG })
  await add(shop, manager, again.path)
  t.equal(await inGroup(group), ROWS)
})
