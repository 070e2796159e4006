import { once } from 'node:events'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { findImport } from '../../src/imports/queries.ts'
import { count, NOW, testApp, words } from '../helper.ts'
import { doJobs } from '../jobs.ts'
import { addGroup } from '../shop.ts'
import { leftBehind, lines } from './helper.ts'
import { multipart, upload } from './upload.ts'

const shop = await testApp(t)
const { em } = shop
const manager = await shop.as('manager')
const group = await addGroup(em, 'Pieces')
await shop.app.listen({ host: '127.0.0.1', port: 0 })
const { port } = shop.app.server.address() as AddressInfo

// Some twenty pieces; each line as long as the others, so that one may end where a piece does.
const people = (count: number) =>
  lines(
    Array.from({ length: count }, (_, n) => `Piece,Nr ${String(n).padStart(6, '0')},,p${n}@example.org,,,`).join('\r\n')
  )
const pieces = () => count(em, sql`select count(*)::int as n from import_chunk`)

/** Sends half a form, lets something happen, and sends the rest. */
async function inHalves(bytes: string, meanwhile: () => Promise<void>) {
  const { payload, headers } = multipart({}, { name: 'people.csv', bytes })
  const cookie = [...manager.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const sent = request({
    port,
    host: '127.0.0.1',
    method: 'POST',
    path: `/groups/${group}/import`,
    headers: { ...headers, cookie, origin: `http://127.0.0.1:${port}`, 'content-length': payload.length }
  })
  const half = Math.floor(payload.length / 2)
  sent.write(payload.subarray(0, half))
  for (let looks = 0; (await pieces()) < 8 && looks < 500; looks++) await sleep(20)
  await meanwhile()
  sent.end(payload.subarray(half))
  const [answer] = await once(sent, 'response')
  return { status: answer.statusCode, page: words(await text(answer)) }
}

t.test('an upload of which the database lost a piece on the way is refused, and leaves no trace', async (t) => {
  // As a crash does with what it had not yet written to the disk.
  const { status, page } = await inHalves(people(20_000), async () => {
    await rows(em, sql`delete from import_chunk where number = 5`)
  })
  t.equal(status, 422)
  t.match(page, 'Part of this file was lost on the way. Upload it again.')
  t.equal(await count(em, sql`select count(*)::int as n from file_import`), 0)
  t.equal(await pieces(), 0)
})

t.test('one that lost nothing is taken', async (t) => {
  const { status } = await inHalves(people(20_000), async () => {})
  t.equal(status, 303)
  await rows(em, sql`delete from file_import`)
})

for (const [what, lost] of [
  ['in the middle', sql`number = 5`],
  ['at the end', sql`number = (select max(number) from import_chunk)`],
  ['of another length', null]
] as const) {
  t.test(`a stored file with a piece missing ${what} is never read as if it ended there`, async (t) => {
    // Of a size that is read in the server's own process.
    const path = String((await upload(manager, group, people(5_000))).headers.location)
    await rows(
      em,
      lost
        ? sql`delete from import_chunk where ${lost}`
        : sql`update import_chunk set bytes = substr(bytes, 11) where number = 5`
    )
    await doJobs(shop, NOW)
    const { state, failure } = await findImport(em, Number(path.split('/').at(-1)))
    t.equal(state, 'failed')
    t.equal(failure, 'Part of this file is missing. Upload it again.')
    await doJobs(shop, NOW)
    t.same(await leftBehind(shop), {})
  })
}
