import { sql } from 'kysely'
import t from 'tap'
import type { Em } from '../../src/db/orm.ts'
import { count, NOW, testApp } from '../helper.ts'

t.test('programs and pages have a front each', async (t) => {
  const shop = await testApp(t)
  const { app } = shop

  const description = await app.inject('/api/v1/openapi.json')
  t.equal(description.statusCode, 200)
  t.match(description.headers['content-type'], /^application\/json/)
  t.match(description.json(), { openapi: '3.1.0', info: { title: 'Clientele' }, paths: { '/sales': { post: {} } } })
  t.notOk(description.headers['set-cookie'])

  const nowhere = await app.inject('/api/v1/nowhere')
  t.equal(nowhere.statusCode, 404)
  t.match(nowhere.headers['content-type'], /^application\/problem\+json/)
  t.same(nowhere.json(), {
    type: 'about:blank',
    title: 'Not Found',
    status: 404,
    code: 'not-found',
    detail: 'There is nothing at this address.'
  })

  // A program sends no Origin, and has no session that it could be sent to sign in for.
  const foreign = await app.inject({
    method: 'POST',
    url: '/api/v1/nowhere',
    headers: { origin: 'https://evil.example' }
  })
  t.equal(foreign.statusCode, 404)
  t.match(foreign.headers['content-type'], /^application\/problem\+json/)

  for (const url of ['/api/v1/customers/%zz', '/api/v1/customers/%ff', `/api/v1/sales/${'x'.repeat(300)}`]) {
    const unreadable = await app.inject({ url, headers: { accept: 'text/html' } })
    t.match([unreadable.statusCode, unreadable.json().code], [404, 'not-found'], url)
  }

  const page = await app.inject('/nowhere')
  t.equal(page.statusCode, 303)
  const staff = await shop.as('staff')
  const missing = await staff.get('/nowhere')
  t.equal(missing.statusCode, 404)
  t.match(missing.headers['content-type'], /^text\/html/)
  t.equal(
    (await app.inject({ method: 'POST', url: '/groups', headers: { origin: 'https://evil.example' } })).statusCode,
    403
  )
})

t.test('a route of the API that does not say that it is open is closed', async (t) => {
  const { app } = await testApp(t, {
    onRoute(route) {
      if (route.url === '/api/v1/openapi.json') route.config = {}
    }
  })
  const closed = await app.inject('/api/v1/openapi.json')
  t.equal(closed.statusCode, 401)
  t.equal(closed.headers['www-authenticate'], 'Bearer')
  t.match(closed.headers['content-type'], /^application\/problem\+json/)
  t.match(closed.json(), { status: 401, title: 'Unauthorized', detail: 'This address needs a key.' })
})

t.test('both fronts answer by their own names alone', async (t) => {
  const { app } = await testApp(t, { config: { HOST: '127.0.0.1' } })
  const headers = { host: 'evil.example' }
  const program = await app.inject({ url: '/api/v1/openapi.json', headers })
  t.equal(program.statusCode, 400)
  t.match(program.json().detail, /PUBLIC_URL/)
  const person = await app.inject({ url: '/sign-in', headers })
  t.equal(person.statusCode, 400)
  t.match(person.body, /PUBLIC_URL/)
})

t.test('every request has its database and its moment: a person’s, a program’s and a supervisor’s', async (t) => {
  const { app } = await testApp(t)
  const seen: { em: Em; now: Date }[] = []
  app.addHook('onRequest', async ({ em, now }) => {
    seen.push({ em, now })
  })
  for (const url of ['/sign-in', '/api/v1/openapi.json', '/api/v1/nowhere', '/health/live']) {
    await app.inject(url)
    const request = seen.pop()
    t.equal(request?.now, NOW, url)
    t.equal(request && (await count(request.em, sql`select 1 as n`)), 1, url)
  }
})
