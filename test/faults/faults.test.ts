import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { start } from '../process.ts'
import { type Fault, type House, openHouse } from './house.ts'
import { Person } from './person.ts'
import { type Promised, WORKS } from './works.ts'

// `npm run test:faults` breaks each kind of work by itself, five times, with one server and with two; every run all at once, once.
const isLong = process.env.FAULTS === 'all'
const TIMES = Number(process.env.FAULTS_TIMES ?? 1)
const PROCESSES = isLong ? [1, 2] : [2]
const kinds = Object.keys(WORKS)
const GROUPS = isLong ? kinds.map((kind) => [kind]) : [kinds]
const FAULTS: Fault[] = ['a backend is killed', 'PostgreSQL is stopped at once', 'the network swallows every byte']

/** The bar is 8 s; every run may find the machine busy with other tests. */
const LONGEST_WAIT_MS = isLong ? 8_000 : 16_000
const LONGEST_RECOVERY_MS = isLong ? 30_000 : 60_000
/** Long enough for any work to be in the middle of something. */
const MOMENT_MS = 1_500

for (const processes of PROCESSES) {
  t.test(`with ${processes} of the servers`, async (t) => {
    const house = await openHouse(t, processes)
    const promised: Promised = { emails: [], receipts: [] }
    for (const fault of FAULTS) {
      for (const group of GROUPS) {
        for (let time = 1; time <= TIMES; time++) {
          await t.test(`${fault} during ${group.join(', ')}, ${time} of ${TIMES}`, (t) =>
            once(t, house, fault, group, promised)
          )
        }
      }
    }
    await t.test('what was acknowledged is there, and all figures are right', (t) => lookUp(t, house, promised))
  })
}

async function once(t: Test, house: House, fault: Fault, group: string[], promised: Promised): Promise<void> {
  const moment = Math.random() * MOMENT_MS
  let isOver = false
  const persons: Person[] = []
  const works = group.map(async (kind) => {
    const person = new Person(house.servers, house.cookie)
    persons.push(person)
    await WORKS[kind]?.(house, person, promised, () => isOver)
  })
  const all = Promise.all(works)
  all.catch(() => {})
  await sleep(moment)
  try {
    await house.faults[fault]()
  } finally {
    // Nobody works on beside what follows.
    setTimeout(() => (isOver = true), MOMENT_MS)
  }
  const ended = performance.now()
  await all
  const lag = await recovered(house)
  const took = Math.round(performance.now() - ended)
  const slowest = Math.round(Math.max(...persons.map((person) => person.slowest)))
  t.comment(
    `after ${Math.round(moment)} ms; all well ${took} ms after its end; the slowest answer began after ${slowest} ms`
  )
  t.ok(took < LONGEST_RECOVERY_MS, `all is well again after ${took} ms: ${lag}`)
  t.ok(slowest < LONGEST_WAIT_MS, `an answer began after ${slowest} ms`)
  for (const { running } of house.servers) {
    const end = running.child.exitCode ?? running.child.signalCode
    t.equal(end, null, end === null ? 'it lives' : running.said())
  }
}

interface Ready {
  database: { awayFor: number | null }
  jobs: { running: boolean; waiting: number }
  figures: Record<string, number>
}

/** Until every server is ready and has nothing to catch up with. */
async function recovered({ servers }: House): Promise<string> {
  for (;;) {
    const all = await Promise.all(
      servers.map(async ({ address }) => {
        const answer = await fetch(`${address}/health/ready`)
        const { database, jobs, figures }: Ready = JSON.parse(await answer.text())
        const isWell =
          answer.ok && database.awayFor === null && jobs.running && Object.values(figures).every((lag) => lag <= 3)
        return { isWell, figures }
      })
    )
    if (all.every(({ isWell }) => isWell)) return JSON.stringify(all.map(({ figures }) => figures))
    await sleep(100)
  }
}

async function lookUp(t: Test, { ask, url, servers }: House, { emails, receipts }: Promised): Promise<void> {
  t.comment(`${emails.length} customers, ${receipts.length} sales`)
  const [found] = await ask<{ emails: number; customers: number; receipts: number }>(
    `select (select count(distinct email)::int from customer where email = any($1)) as emails,
      (select count(*)::int from customer where email like 'page-%') as customers,
      (select count(*)::int from sale where receipt = any($2)) as receipts`,
    [emails, receipts]
  )
  t.same(found, { emails: emails.length, customers: emails.length, receipts: receipts.length })
  const verify = start(t, 'src/cli/figures-verify.ts', { DATABASE_URL: url })
  t.equal(await verify.ended(), 0)
  t.match(verify.said(), /^drift 0$/m)
  for (const { running } of servers) t.equal((await running.interrupt()).code, 0)
}
