import t from 'tap'
import { startServer } from '../../bench/server.ts'
import { type Client, testApp } from '../helper.ts'
import { ATTACKS, READ, type Target, trickle, UNREAD } from './attacks.ts'
import { takePulse } from './pulse.ts'

/** All of it, measured against the bar itself: `npm run test:strangers`. */
const ALL = process.env.STRANGERS === 'all'
const STRENGTH = ALL ? 50 : 10
const LONGEST_WAIT_MS = ALL ? 1_000 : 10_000
const MOST_MEGABYTES = 330
/** One that is not read ends sooner, which is all that there is time for otherwise. */
const LONGEST_BODY_MS = ALL ? 25_000 : 60_000

const cookiesOf = ({ cookies }: Client) => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')

t.test('a stranger can neither end a server nor hold it up', async (t) => {
  const shop = await testApp(t, { clock: () => new Date() })
  const server = await startServer(shop.url)
  const pulse = takePulse(server.address)
  const cookies = {
    nobody: '',
    staff: cookiesOf(await shop.as('staff')),
    manager: cookiesOf(await shop.as('manager'))
  }
  const target: Target = { address: server.address, cookies }
  const slow = trickle(target, ALL ? 200 : 40, ALL ? [...UNREAD, ...READ] : UNREAD)
  t.teardown(async () => {
    slow.stop()
    await pulse.stop()
    await server.stop()
  })
  for (const [name, attack] of Object.entries(ATTACKS)) {
    await pulse.read()
    const began = performance.now()
    const answers = await attack(target, STRENGTH)
    const { worst, answers: beats } = await pulse.read()
    const peak = server.memory()?.server ?? 0
    t.comment(`${name}: ${JSON.stringify(answers ?? null).slice(0, 60)}`)
    t.comment(
      `  ${seconds(performance.now() - began)} in all, /health/live ${seconds(worst)} at worst of ${beats}, peak ${Math.round(peak)} MB`
    )
    t.equal((await fetch(`${server.address}/health/ready`)).status, 200, `${name}: it lives`)
    t.ok(worst < LONGEST_WAIT_MS, `${name}: /health/live took ${seconds(worst)}`)
    t.ok(peak < MOST_MEGABYTES, `${name}: the process held ${Math.round(peak)} MB`)
  }
  const longest = await slow.longest()
  t.comment(`slow bodies were cut off after at most ${seconds(longest)}`)
  t.ok(longest < LONGEST_BODY_MS, `a slow body stayed for ${seconds(longest)}`)
})

const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`
