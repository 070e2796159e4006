import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import t from 'tap'
import { buildApp } from '../../src/app.ts'
import { Pulse } from '../../src/db/pulse.ts'
import { createOrm } from '../../src/entities.ts'
import { howManyWait } from '../../src/staff/turns.ts'
import { breakableNetwork } from '../faults/proxy.ts'
import { client, PASSWORD, testApp, words } from '../helper.ts'
import { fieldValue } from '../page.ts'

const LONGEST_MS = 8_000
const form = { email: 'staff@demo.test', password: PASSWORD }

t.test(
  'who waits for a turn to sign in while the database does not answer is told in time, and keeps what was typed',
  async (t) => {
    const shop = await testApp(t)
    const network = await breakableNetwork(t, shop.url)
    const pulse = new Pulse(network.url)
    const orm = createOrm(network.url, pulse)
    const app = await buildApp({ orm, config: { PUBLIC_URL: undefined, TRUST_PROXY: false, LOG_LEVEL: 'silent' } })
    const holder = new pg.Client({ connectionString: shop.url })
    await holder.connect()
    t.teardown(async () => {
      await pulse.stop()
      await holder.end()
      await app.close()
      await orm.close()
    })
    pulse.start({ warn: () => {} })
    while (pulse.thereSince === null) await sleep(20)
    const signIn = async () => {
      const answer = await client(app).post('/sign-in', form)
      return { answer, at: performance.now() }
    }

    // So that the first waits at its turn, and all others for theirs.
    await holder.query('begin; lock table sign_in_attempt')
    const crowd = Promise.all(Array.from({ length: 40 }, signIn))
    while (howManyWait() < 39) await sleep(20)
    network.swallow()
    const swallowed = performance.now()
    const answers = await crowd
    const longest = Math.max(...answers.map(({ at }) => at)) - swallowed
    t.ok(longest < LONGEST_MS, `the last of them was answered after ${Math.round(longest)} ms`)
    t.same(new Set(answers.map(({ answer }) => answer.statusCode)), new Set([503, 429]))
    const late = answers.filter(({ answer }) => answer.statusCode === 429)
    t.ok(late.length > 10, `${late.length} of 40 never had their turn`)
    const last = late.at(-1)?.answer
    t.match(words(last?.body ?? ''), 'Too many people are signing in right now. Wait 5 seconds, then try again.')
    t.equal(last?.headers['retry-after'], '5')
    t.equal(fieldValue(last?.body ?? '', 'email'), form.email)
    t.notMatch(last?.body, PASSWORD)

    await holder.query('rollback')
    network.mend()
    while (pulse.awaySince !== null) await sleep(50)
    const after = await Promise.all(Array.from({ length: 5 }, signIn))
    t.same(new Set(after.map(({ answer }) => answer.statusCode)), new Set([303]), 'and the queue goes on')
  }
)
