import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { importYardstick } from './import-yardstick.ts'
import { timed } from './measure.ts'
import { settle } from './settle.ts'
import type { Stage } from './stage.ts'

/**
 * How long an import took, in ms: until its plan was on screen, and until its result; and how long the leanest SQL took
 * for the same rows.
 */
export interface ImportTimes {
  checked: number[]
  added: number[]
  bare: number[]
  flaws: Set<string>
}

export interface Row {
  first: string
  last: string
  /** The phone number in E.164. */
  phone: string
  email: string | null
  born: string | null
}

const LOOK_MS = 10
const HEADERS = 'First Name,Last Name,Phone,Email,Birth Date,Gender,Location\r\n'

/**
 * Imports `size` rows into a list, half of them existing customers, in turns with the yardstick. Everything is undone
 * again.
 */
export async function measureImport(stage: Stage, size: number, rounds: number): Promise<ImportTimes> {
  const times: ImportTimes = { checked: [], added: [], bare: [], flaws: new Set() }
  const { client, url } = stage
  const rows = await makeRows(client, size)
  const file = toCsv(rows)
  for (let round = 0; round < rounds; round++) {
    const list = await makeList(client, size)
    await ours(stage, list, file, rows, times)
    await settle(url, 1_200)
    times.bare.push(await importYardstick(client, list, rows))
    await settle(url, 1_200)
  }
  return times
}

async function makeList(client: pg.Client, size: number): Promise<number> {
  const { rows } = await client.query(
    `insert into customer_group (kind, name) values ('list', 'Imported ' || $1 || ' ' || clock_timestamp()) returning id`,
    [String(size)]
  )
  return rows[0].id
}

async function makeRows(client: pg.Client, size: number): Promise<Row[]> {
  const half = Math.floor(size / 2)
  const { rows: known } = await client.query<Row>(
    `select first_name as first, last_name as last, phone, null as email, null as born from customer
    where phone is not null order by hashint4(id) limit $1`,
    [half]
  )
  const fresh = Array.from({ length: size - known.length }, (_, n) => ({
    first: 'Imported',
    last: `Nr ${n}`,
    phone: `+1808${2_000_000 + n}`,
    email: `imported${n}@example.org`,
    born: `19${50 + (n % 50)}-0${1 + (n % 9)}-1${n % 10}`
  }))
  // The rows of new and existing customers alternate, as they would in a file.
  return fresh.flatMap((row, n) => (known[n] ? [row, known[n]] : [row]))
}

function toCsv(rows: Row[]): Buffer {
  const parts = [HEADERS]
  for (const { first, last, phone, email, born } of rows)
    parts.push(`"${first}","${last}",${phone},${email ?? ''},${born ?? ''},,\r\n`)
  return Buffer.from(parts.join(''))
}

async function ours(stage: Stage, list: number, file: Buffer, rows: Row[], times: ImportTimes): Promise<void> {
  const { client, visitor } = stage
  let path = ''
  times.checked.push(
    await timed(async () => {
      path = await visitor.upload(`/groups/${list}/import`, 'people.csv', file)
      await until(client, 'select state as is from file_import where id = $1', idOf(path), 'planned')
      await visitor.get(path)
    })
  )
  let operation = 0
  times.added.push(
    await timed(async () => {
      await visitor.post(`${path}/additions`, [])
      operation = await operationOf(client, idOf(path))
      await until(client, 'select state as is from bulk_operation where id = $1', operation, 'done')
    })
  )
  const { rows: made } = await client.query('select created, added from bulk_operation where id = $1', [operation])
  const fresh = rows.filter(({ email }) => email !== null).length
  if (made[0].created !== fresh || made[0].added !== rows.length - fresh)
    times.flaws.add(`${made[0].created} created and ${made[0].added} added`)
  await settle(stage.url, 1_200)
  // The undo erases customers, so it asks whether it is meant, and nothing is undone without that answer.
  await visitor.post(`/operations/${operation}/undo`, [['sure', 'true']])
  await until(client, 'select state as is from bulk_operation where undoes = $1', operation, 'done')
}

const idOf = (path: string) => Number(path.split('/').at(-1))

async function operationOf(client: pg.Client, importId: number): Promise<number> {
  const { rows } = await client.query('select operation_id as id from file_import where id = $1', [importId])
  return rows[0].id
}

async function until(client: pg.Client, query: string, id: number, state: string): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ is: string }>(query, [id])
    const is = rows[0]?.is
    if (is === state) return
    if (is === undefined) throw new Error(`Nothing has begun that becomes ${state}`)
    if (is === 'failed' || is === 'cancelled') throw new Error(`An import ended as ${is}`)
    await sleep(LOOK_MS)
  }
}
