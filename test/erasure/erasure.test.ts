import fc from 'fast-check'
import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { forgetInStatistics } from '../../src/erasure/forget.ts'
import { count, NOW, testApp } from '../helper.ts'
import { doJobs } from '../jobs.ts'
import { COLUMNS, idOf, ORIGINS, openWorld, type Person, type World } from './origins.ts'
import { PASTS } from './pasts.ts'
import { tracesOf } from './traces.ts'

const RUNS = Number(process.env.ERASURE_RUNS ?? 3)

const SPELLINGS: ((name: string) => string)[] = [
  (name) => name,
  (name) => name.toUpperCase(),
  (name) => name.normalize('NFD'),
  (name) => name.normalize('NFD').replace(/\p{M}/gu, '')
]
const DIALLED: ((phone: string) => string)[] = [
  (phone) => `+1${phone}`,
  (phone) => phone,
  (phone) => phone.replace(/^(...)(...)/, '($1) $2-'),
  (phone) => phone.replace(/^(...)(...)/, '1.$1.$2.')
]
const BEFORE = ['', 'Zoë ', 'D’', 'Ана-']

const named = fc.record({
  before: fc.constantFrom(...BEFORE),
  spell: fc.constantFrom(...SPELLINGS),
  dial: fc.constantFrom(...DIALLED)
})
const life = fc.record({
  named,
  origin: fc.constantFrom(...Object.keys(ORIGINS)),
  pasts: fc.shuffledSubarray(Object.keys(PASTS), { minLength: 4, maxLength: 9 })
})

/** A whole name that was split elsewhere than others split it. */
const TURNED = {
  named: { before: 'Zoë ', spell: (name: string) => name, dial: (phone: string) => phone },
  origin: 'a file with whole names, read in one order and then in the other',
  pasts: ['a plan whose groups are called after them', 'a file called by their name', 'a plan that waits']
}
/** Whose accents only the name of a file has. */
const ACCENTED = {
  named: {
    before: 'Zoë ',
    spell: (name: string) => name.normalize('NFD').replace(/\p{M}/gu, ''),
    dial: TURNED.named.dial
  },
  origin: 'a CSV file',
  pasts: ['a file called by their name']
}
/** Where they live is known from that file alone. */
const SOUGHT = { named: TURNED.named, origin: 'a file that names groups', pasts: ['looked for'] }
const BOUGHT_FOR = { named: TURNED.named, origin: 'an XLSX file', pasts: ['looked for by their company'] }
const EXAMPLES: [(typeof TURNED)[]][] = [[[TURNED]], [[ACCENTED]], [[SOUGHT]], [[BOUGHT_FOR]]]

let people = 0

/** Their marks are letters and digits that stand nowhere else. */
function introduce({ before, spell, dial }: { before: string; spell: Person['spell']; dial: Person['dial'] }) {
  const mark = (sign: string) =>
    `${sign}qx${String(++people).replace(/\d/g, (digit) => 'bcdfghjklm'[Number(digit)] ?? '')}vz`
  const phone = () => `206${2_000_000 + ++people}`
  const marks = {
    first: mark('f'),
    last: mark('l'),
    before: mark('b'),
    place: mark('p'),
    email: mark('e'),
    company: mark('c')
  }
  const phones = [phone(), phone()] as const
  const person: Person = {
    first: before + marks.first,
    last: before + marks.last,
    phone: phones[0],
    email: `${marks.email}@example.org`,
    place: `Ö ${marks.place}`,
    company: `${marks.company} & Co.`,
    other: { last: marks.before, phone: phones[1] },
    spell,
    dial
  }
  return { person, words: [...Object.values(marks), ...phones] }
}

t.test(`of somebody who was deleted nothing is left, and no file makes them anew (${RUNS} lives)`, async (t) => {
  const shop = await testApp(t)
  await doJobs(shop, NOW)
  const world = await openWorld(shop)
  await fc.assert(
    fc.asyncProperty(fc.array(life, { minLength: 2, maxLength: 2 }), async (lives) => {
      const before = await count(shop.em, sql`select coalesce(max(id), 0) as n from file_import`)
      const all = lives.map((one) => ({ ...one, ...introduce(one.named) }))
      for (const { person, origin } of all) await ORIGINS[origin]?.(world, person)
      for (const { person, pasts } of all) for (const past of pasts) await PASTS[past]?.(world, person)
      await rows(shop.em, sql`analyze`)
      for (const { person, words } of all) {
        if ((await tracesOf(shop.em, words)).length < 5)
          throw new Error('The search finds too little of somebody who is there')
        await remove(world, person)
      }
      await nothingOf(world, all, 'after the deletion')
      await goOn(world, before)
      await nothingOf(world, all, 'after whatever waited went on')
    }),
    {
      numRuns: RUNS + EXAMPLES.length,
      examples: EXAMPLES,
      endOnFailure: RUNS <= 3,
      interruptAfterTimeLimit: RUNS > 3 ? undefined : 240_000,
      markInterruptAsFailure: true
    }
  )
  t.pass()
})

async function remove({ manager, ...world }: World, person: Person): Promise<void> {
  const id = await idOf({ manager, ...world }, person)
  const found = await world.shop.em.execute('select name from customer where id = ?', [id])
  const answer = await manager.post(`/customers/${id}/deletion`, { name: found[0]?.name })
  if (answer.statusCode !== 303) throw new Error(`Not deleted: ${answer.statusCode}`)
}

async function nothingOf(world: World, all: { person: Person; words: string[] }[], when: string): Promise<void> {
  const { shop } = world
  await doJobs(shop, NOW)
  await forgetInStatistics(shop.em, NOW)
  const traces = await tracesOf(
    shop.em,
    all.flatMap(({ words }) => words)
  )
  if (traces.length) throw new Error(`${when}: ${traces.join(', ')}`)
  const open = sql<{
    n: number
  }>`select count(*)::int as n from import_chunk join file_import on id = import_id where state <> 'reading'`
  if (await count(shop.em, open)) throw new Error(`${when}: a file is left`)
}

/** Answers what every import asks, and adds whoever it would. */
async function goOn({ shop, manager }: World, after: number): Promise<void> {
  const open = await rows(
    shop.em,
    sql<{ id: number }>`select id from file_import where id > ${after} and state <> 'done'`
  )
  for (const { id } of open) {
    await manager.get(`/imports/${id}`)
    await manager.post(`/imports/${id}/columns`, COLUMNS)
    await manager.post(`/imports/${id}/dates`, { order: 'day' })
    await doJobs(shop, NOW)
    await manager.post(`/imports/${id}/additions`)
  }
}
