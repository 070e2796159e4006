import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { words } from '../helper.ts'
import { lines } from '../imports/helper.ts'
import { fieldValue } from '../page.ts'
import { recordSale } from '../till.ts'
import type { House } from './house.ts'
import type { Person } from './person.ts'

const LOOK_MS = 100
const ROWS = 1_500
const PIECE_BYTES = 4_000

/** What was promised to somebody; looked up when all is over. */
export interface Promised {
  emails: string[]
  receipts: string[]
}

export type Work = (house: House, person: Person, promised: Promised, isOver: () => boolean) => Promise<void>

const unique = () => randomUUID().slice(0, 8)

/** Reads pages, and makes customers one by one. */
async function pages(_house: House, person: Person, { emails }: Promised, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    for (const path of ['/groups', '/customers?q=a', '/groups/1']) await person.get(path)
    const email = `page-${unique()}@example.org`
    const form = { firstName: 'Page', lastName: 'Person', email, primary: '1', key: randomUUID() }
    const { status, body } = await person.post('/customers', form)
    if (status !== 303) throw new Error(`A customer was answered with ${status}: ${words(body)}`)
    emails.push(email)
  }
}

/** Adds everybody to a new list. */
async function job({ ask }: House, person: Person): Promise<void> {
  const made = await person.post('/groups', { name: `All ${unique()}`, kind: 'list', key: randomUUID() })
  const list = Number(made.location.split('/').at(-1))
  const path = `/groups/${list}/add`
  const press = async (html: string, button: string) => {
    const kept = ['selection', 'at', 'shown', 'were', 'expected'].map((name) => [name, fieldValue(html, name) ?? ''])
    return person.post(path, { ...Object.fromEntries(kept), do: button })
  }
  const chosen = await press((await person.get(path)).body, 'all')
  const begun = await press((await person.get(chosen.location)).body, 'sure')
  if (!begun.location.startsWith('/operations/'))
    throw new Error(`It did not begin: ${words(begun.body)} ${begun.location}`)
  while (/<progress/.test((await person.get(begun.location)).body)) await sleep(LOOK_MS)
  const [done] = await ask<{ state: string; failure: string; added: number; members: number }>(
    `select state, failure, added, (select count(*)::int from list_membership where group_id = $2) as members
    from bulk_operation where id = $1`,
    [begun.location.split('/').at(-1), list]
  )
  if (done?.state !== 'done' || done.added !== done.members || done.added < 2_500)
    throw new Error(`It came out wrong: ${JSON.stringify(done)}`)
}

function people(prefix: string): string {
  return lines(...Array.from({ length: ROWS }, (_, n) => `File,Nr ${n},,${prefix}-${n}@example.org,1990-02-03,,`))
}

/** Uploads a file in one go, and adds everybody in it. */
async function imported({ ask }: House, person: Person): Promise<void> {
  const prefix = `file-${unique()}`
  const path = await upload(person, people(prefix), 0)
  for (;;) {
    const { body } = await person.get(path)
    if (/joined/.test(body)) break
    if (/was not imported/.test(body)) throw new Error(`It was not imported: ${words(body)}`)
    if (body.includes(`${path}/additions`)) await person.post(`${path}/additions`, {})
    await sleep(LOOK_MS)
  }
  const [found] = await ask<{ n: number; distinct: number }>(
    'select count(*)::int as n, count(distinct email)::int as distinct from customer where email like $1',
    [`${prefix}-%`]
  )
  if (found?.n !== ROWS || found.distinct !== ROWS) throw new Error(`It came out wrong: ${JSON.stringify(found)}`)
}

/** Uploads a file over a slow line, again if need be, until its plan stands. */
async function uploaded(_house: House, person: Person): Promise<void> {
  const path = await upload(person, people(`slow-${unique()}`), 40)
  for (;;) {
    const text = words((await person.get(path)).body)
    if (/Rows in the file/.test(text)) {
      if (!text.includes(`Rows in the file ${ROWS.toLocaleString('en-US')}`)) throw new Error(`Not whole: ${text}`)
      return
    }
    if (/was not imported/.test(text)) throw new Error(`It was not read: ${text}`)
    await sleep(LOOK_MS)
  }
}

/** Sells, without a server, so that figures always have something to take in. */
async function sales(
  { orm, ask }: House,
  _person: Person,
  { receipts }: Promised,
  isOver: () => boolean
): Promise<void> {
  const [{ first, last } = { first: 0, last: 0 }] = await ask<{ first: number; last: number }>(
    'select min(id)::int as first, max(id)::int as last from customer where id > 1'
  )
  while (!isOver()) {
    const receipt = unique()
    const customerId = first + Math.floor(Math.random() * (last - first))
    const line = { sku: 'F1', name: 'Fault', quantity: '1', amount: '2.50' }
    try {
      await recordSale(orm.em.fork(), {
        receipt,
        customerId,
        soldAt: new Date(),
        lines: [line],
        tenders: { cash: '2.50' }
      })
      receipts.push(receipt)
    } catch {
      await sleep(LOOK_MS)
    }
    await sleep(LOOK_MS)
  }
}

/** Answers the import's address. The same form is sent again when it was not taken. */
async function upload(person: Person, text: string, pauseMs: number): Promise<string> {
  const key = randomUUID()
  for (;;) {
    const { body, headers } = file(key, text, pauseMs)
    const answer = await person.try('/groups/1/import', { body, headers }).catch(() => null)
    if (answer?.status === 303) return answer.location
    if (answer && answer.status !== 503 && !/Upload it again/.test(answer.body))
      throw new Error(`An upload was answered with ${answer.status}: ${words(answer.body)}`)
    await sleep(LOOK_MS)
  }
}

function file(key: string, text: string, pauseMs: number) {
  const part = (head: string, value: string) =>
    `--faults\r\ncontent-disposition: form-data; ${head}\r\n\r\n${value}\r\n`
  const sent = Buffer.from(
    `${part('name="key"', key)}${part('name="file"; filename="people.csv"', text)}--faults--\r\n`
  )
  let at = 0
  const body = new ReadableStream({
    async pull(controller) {
      if (pauseMs) await sleep(pauseMs)
      controller.enqueue(sent.subarray(at, at + PIECE_BYTES))
      at += PIECE_BYTES
      if (at >= sent.length) controller.close()
    }
  })
  return { body, headers: { 'content-type': 'multipart/form-data; boundary=faults' } }
}

export const WORKS: Record<string, Work> = {
  'a page': pages,
  'a job': job,
  'an import': imported,
  'an upload': uploaded,
  'a figures pass': sales
}
