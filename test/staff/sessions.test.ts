import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { NOW, testApp } from '../helper.ts'

const HOUR = 60 * 60 * 1000

t.test('a session ends after 12 hours without a request', async (t) => {
  let now = NOW
  const { as } = await testApp(t, { clock: () => now })
  const staff = await as('staff')
  for (let round = 0; round < 3; round++) {
    now = new Date(now.getTime() + 11.9 * HOUR)
    t.equal((await staff.get('/groups')).statusCode, 200, 'in use it goes on')
  }
  now = new Date(now.getTime() + 12.1 * HOUR)
  t.equal((await staff.get('/groups')).statusCode, 303)
})

t.test('a session ends after 7 days whatever happens', async (t) => {
  let now = NOW
  const { as } = await testApp(t, { clock: () => now })
  const staff = await as('staff')
  let answers = 0
  for (; now.getTime() < NOW.getTime() + 6.9 * 24 * HOUR; now = new Date(now.getTime() + 8 * HOUR)) {
    answers += (await staff.get('/groups')).statusCode === 200 ? 1 : 0
  }
  t.equal(answers, 21)
  now = new Date(NOW.getTime() + 7 * 24 * HOUR + 1)
  t.equal((await staff.get('/groups')).statusCode, 303)
})

t.test('sessions that are over are swept away', async (t) => {
  let now = NOW
  const { as, em } = await testApp(t, { clock: () => now })
  await as('staff')
  now = new Date(NOW.getTime() + 8 * 24 * HOUR)
  await as('manager')
  t.equal((await rows(em, sql`select 1 from session`)).length, 1)
})

t.test('a session in use is not written to at every request', async (t) => {
  let now = NOW
  const { as, em } = await testApp(t, { clock: () => now })
  const staff = await as('staff')
  const seen = async () => (await rows(em, sql<{ seen: string }>`select seen_at::text as seen from session`))[0]?.seen
  const first = await seen()
  now = new Date(NOW.getTime() + 60_000)
  await staff.get('/groups')
  t.equal(await seen(), first)
  now = new Date(NOW.getTime() + 6 * 60_000)
  await staff.get('/groups')
  t.not(await seen(), first)
})
