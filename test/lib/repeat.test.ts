import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { repeat } from '../../src/lib/repeat.ts'

/** A log that keeps what it is told. */
function listen() {
  const said: string[] = []
  const log = {
    warn: (details: object, message: string) => {
      if ('err' in details && details.err instanceof Error) said.push(`${message}: ${details.err.message}`)
    }
  }
  return { said, log }
}

t.test('a time that hangs is left to itself, and the next one comes', async (t) => {
  const { said, log } = listen()
  let times = 0
  const hang = async () => {
    times++
    if (times === 1) await new Promise(() => {})
  }
  const repeated = repeat(hang, { every: 5, failed: 'it failed', longest: 50 }, log)
  while (times < 4) await sleep(5)
  await repeated.stop()
  t.same(said, ['it failed: It took longer than 50 ms and is left to itself'])
})

t.test('where all hang no more than a few are begun, until one of them ends', async (t) => {
  const { log } = listen()
  const ends: (() => void)[] = []
  const hang = () => new Promise<void>((end) => ends.push(end))
  const repeated = repeat(hang, { every: 1, failed: 'it failed', longest: 20 }, log)
  await sleep(400)
  t.equal(ends.length, 3)
  ends[0]?.()
  while (ends.length < 4) await sleep(5)
  for (const end of ends) end()
  await repeated.stop()
})

t.test('one that fails is told of, and tried again; what fails during a stop is nobody’s error', async (t) => {
  const { said, log } = listen()
  let times = 0
  const work = async () => {
    times++
    if (times === 1) throw new Error('away')
    await sleep(50)
    throw new Error('stopping')
  }
  const repeated = repeat(work, { every: 1, failed: 'it failed' }, log)
  while (times < 2) await sleep(1)
  await repeated.stop()
  t.equal(times, 2)
  t.same(said, ['it failed: away'])
})
