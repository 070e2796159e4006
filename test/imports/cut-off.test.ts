import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import t from 'tap'
import { count, testApp } from '../helper.ts'
import { addGroup } from '../shop.ts'
import { multipart } from './upload.ts'

const shop = await testApp(t)
const manager = await shop.as('manager')
const group = await addGroup(shop.em, 'Cut off')
await shop.app.listen({ host: '127.0.0.1', port: 0 })
const { port } = shop.app.server.address() as AddressInfo

const files = () => count(shop.em, sql`select count(*)::int as n from file_import`)

t.test('an upload that is cut off leaves no trace', async (t) => {
  const { payload, headers } = multipart(
    {},
    { name: 'large.csv', bytes: 'First Name,Email\n'.padEnd(5_000_000, 'Ann,a@example.org\n') }
  )
  const cookie = [...manager.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const socket = connect(port, '127.0.0.1')
  const all = {
    ...headers,
    cookie,
    host: `127.0.0.1:${port}`,
    origin: `http://127.0.0.1:${port}`,
    'content-length': String(payload.length)
  }
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  socket.write(`POST /groups/${group}/import HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n`)
  socket.write(payload.subarray(0, 3_000_000))
  while ((await files()) === 0) await sleep(20)
  socket.destroy()
  for (let looks = 0; (await files()) > 0 && looks < 250; looks++) await sleep(20)
  t.equal(await files(), 0)
  t.equal(await count(shop.em, sql`select count(*)::int as n from import_chunk`), 0)
})
