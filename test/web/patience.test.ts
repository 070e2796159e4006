import { randomUUID } from 'node:crypto'
import t from 'tap'
import { client, PASSWORD, testApp, words } from '../helper.ts'

const group = (name: string) => ({ name, description: '', kind: 'list', key: randomUUID() })

t.test('whoever is refused again and again waits, at once or one by one', async (t) => {
  const { as } = await testApp(t, { mostRefusals: 20 })
  const manager = await as('manager')
  const answers = await Promise.all(Array.from({ length: 30 }, () => manager.post('/groups', { name: '' })))
  t.equal(answers.filter(({ statusCode }) => statusCode === 422).length, 20)
  const slowed = await manager.post('/groups', group('Late'))
  t.equal(slowed.statusCode, 429)
  t.match(Number(slowed.headers['retry-after']), /^([1-9]|[1-5]\d|60)$/)
  t.match(words(slowed.body), /refused within a minute\. Wait \d+ seconds, then go back and try again\./)
  t.equal((await manager.get('/groups')).statusCode, 200, 'may look all the same')
  t.equal(
    (await (await as('staff')).post('/customers', {})).statusCode,
    422,
    'nobody else at the same address is held up'
  )
})

t.test('what is done counts for nothing, from whatever number of tills behind one address', async (t) => {
  const { as } = await testApp(t, { mostRefusals: 20 })
  const manager = await as('manager')
  const made = Array.from({ length: 20 }, (_, n) => manager.post('/groups', group(`Made ${n}`)))
  for (const { statusCode } of await Promise.all(made)) t.equal(statusCode, 303)
  for (let n = 0; n < 25; n++) t.equal((await manager.post('/groups', group(`One ${n}`))).statusCode, 303)
})

t.test('strangers’ guesses at links end, and keep nobody from signing in', async (t) => {
  const { app, anonymous } = await testApp(t, { mostRefusals: 20 })
  for (let n = 0; n < 20; n++) t.equal((await anonymous.post(`/link/guess${n}`)).statusCode, 404)
  t.equal((await anonymous.post('/link/guess')).statusCode, 429)
  const colleague = await client(app).post('/sign-in', { email: 'staff@demo.test', password: PASSWORD })
  t.equal(colleague.statusCode, 303)
})
