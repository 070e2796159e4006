import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import { cutOffSlowRequests } from '../../src/web/deadline.ts'
import { testApp } from '../helper.ts'

const FORM = 'application/x-www-form-urlencoded'
const MULTIPART = 'multipart/form-data; boundary=x'

/** A connection on which the head of a request has been sent, whose body is still to come. */
async function begin(
  app: FastifyInstance,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  allowHalfOpen = false
) {
  const { port } = app.server.address() as AddressInfo
  const host = `127.0.0.1:${port}`
  const all = { host, origin: `http://${host}`, 'content-type': FORM, 'content-length': '10000000', ...headers }
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen })
  await once(socket, 'connect')
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
  return socket
}

t.test('whoever is answered without being listened to has the answer, and then no connection', async (t) => {
  const { app } = await testApp(t)
  await app.listen({ host: '127.0.0.1', port: 0 })
  t.equal(app.server.maxConnections, 1_000, 'nor have strangers any number of connections')
  const cases: [string, string, Record<string, string>, RegExp][] = [
    ['POST', '/groups/1/import', { 'content-type': MULTIPART }, /^HTTP\/1\.1 303[\s\S]*location: \/sign-in/i],
    ['POST', '/groups/1/import', {}, /^HTTP\/1\.1 415/],
    ['POST', '/sign-in', {}, /^HTTP\/1\.1 413/],
    ['POST', '/sign-in', { origin: 'https://evil.example' }, /^HTTP\/1\.1 403/],
    ['POST', '/no-such-page', {}, /^HTTP\/1\.1 303/],
    ['GET', '/sign-in', {}, /^HTTP\/1\.1 415/]
  ]
  await Promise.all(
    cases.map(async ([method, path, headers, expected]) => {
      const socket = await begin(app, method, path, headers, true)
      const answer = text(socket)
      // As a browser does, which looks for an answer only once it has sent all.
      for (let n = 0; n < 20; n++) {
        socket.write('a'.repeat(10_000))
        await sleep(20)
      }
      t.match(await answer, expected, `${method} ${path}`)
      t.match(await answer, /^connection: close/im, `${method} ${path}`)
      t.notOk(socket.errored, 'nothing was lost')
      socket.on('error', () => {})
      const closed = once(socket, 'close').then(
        () => 'closed',
        () => 'closed'
      )
      const timer = setInterval(() => socket.write('a'), 100)
      t.equal(await Promise.race([closed, sleep(30_000, 'open', { ref: false })]), 'closed', `${method} ${path} ends`)
      clearInterval(timer)
    })
  )
})

t.test('a stranger’s body has less time than that of somebody who has signed in', async (t) => {
  const app = Fastify()
  let ended = 0
  app.decorateRequest('user', null)
  app.addHook('onRequest', async (request) => {
    if (request.headers.cookie) Object.assign(request, { user: {} })
  })
  cutOffSlowRequests(app, { ours: 60_000, strangers: 200 })
  app.addContentTypeParser(FORM, async (request: { raw: AsyncIterable<Buffer> }) => {
    for await (const _ of request.raw);
  })
  app.post('/', async () => 'read')
  app.post('/upload', { config: { isUpload: true } }, async () => 'read')
  await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => app.close())
  const open = [
    await begin(app, 'POST', '/'),
    await begin(app, 'POST', '/upload'),
    await begin(app, 'POST', '/', { cookie: 'a=b' }),
    await begin(app, 'POST', '/upload', { cookie: 'a=b' })
  ]
  for (const socket of open)
    socket
      .on('error', () => {})
      .on('close', () => ended++)
      .resume()
  for (let looks = 0; ended < 2 && looks < 500; looks++) await sleep(20)
  await sleep(500)
  t.same(
    open.map(({ closed }) => closed),
    [true, true, false, false]
  )
  for (const socket of open) socket.destroy()
})
