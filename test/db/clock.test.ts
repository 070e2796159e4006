import t from 'tap'
import { Clock } from '../../src/db/clock.ts'
import { testApp } from '../helper.ts'

const { orm } = await testApp(t)
const MINUTE_MS = 60_000

for (const minutes of [-10, 10, 24 * 60]) {
  t.test(`a machine whose clock is ${minutes} minutes ahead goes by the database’s`, async (t) => {
    const clock = new Clock(orm, () => Date.now() + minutes * MINUTE_MS)
    t.ok(Math.abs(clock.now().getTime() - Date.now() - minutes * MINUTE_MS) < 1_000, 'not before it has looked')
    const ahead = await clock.look()
    t.ok(Math.abs(ahead - minutes * MINUTE_MS) < 1_000, `${ahead} ms ahead`)
    t.ok(Math.abs(clock.now().getTime() - Date.now()) < 1_000)
  })
}

t.test('one that is hardly wrong is left alone, so that no moment comes twice', async (t) => {
  const clock = new Clock(orm, () => Date.now() + 300)
  t.equal(await clock.look(), 0)
})

t.test('an answer that took long says nothing', async (t) => {
  let times = 0
  const clock = new Clock(orm, () => Date.now() + times++ * MINUTE_MS)
  t.equal(await clock.look(), 0)
})
