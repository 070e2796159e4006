import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { row } from '../../src/db/rows.ts'
import { checkFile, latestOperation, lines } from '../imports/helper.ts'
import { NAMED, upload } from '../imports/upload.ts'
import { addSale } from '../shop.ts'
import { bringIn, idOf, lineOf, type Person, spelled, unheard, type World } from './origins.ts'

/** What happens to somebody, and what else is said of them. */
export const PASTS: Record<string, (world: World, person: Person) => Promise<unknown>> = {
  'edited twice': async (world, person) => {
    await edit(world, person, { lastName: person.other.last, phone: `+1${person.other.phone}` })
    return edit(world, person, { lastName: person.last, location: `New ${person.place}` })
  },
  'details from a file': (world, person) =>
    bringIn(world, lines(lineOf({ ...person, last: person.other.last, phone: person.other.phone })), { updates: true }),
  'bought, and owed': async (world, person) => {
    const id = await idOf(world, person)
    await addSale(world.shop.em, id, '2026-02-01T12:00Z', [['Lamp', 1, 10]])
    const about = { reason: `${person.first} ${person.last} rang, ${person.phone}` }
    const account = `/customers/${id}/account`
    for (const amount of ['5', '-5', '5'])
      await world.manager.post(`${account}/adjustments`, { ...about, amount, key: randomUUID() })
    const payment = {
      amount: '5',
      tender: 'cheque',
      reference: `From ${person.first} ${person.last}`,
      key: randomUUID()
    }
    await world.manager.post(`${account}/payments`, payment)
  },
  'moved, listed and back': async (world, person) => {
    const ids = await idOf(world, person)
    await world.manager.post(`/groups/${world.trade}/add`, { ids, do: 'sure' })
    await world.manager.post(`/groups/${world.list}/add`, { ids })
    await world.manager.post(`/groups/${world.list}/remove`, { ids, do: 'go' })
    await world.manager.post(`/operations/${await latestOperation(world.shop)}/undo`)
  },
  'looked for': async (world, { first, last, phone, email, place }) => {
    const searches: Record<string, string>[] = [
      { q: `${first} ${last}` },
      { q: last.slice(0, -2) },
      { q: phone.slice(2) },
      { q: `+1 ${phone}` },
      { q: email },
      { location: place }
    ]
    for (const params of searches) await selectFound(world, params)
  },
  'looked for by their company': async (world, person) => {
    await edit(world, person, { location: person.place, company: person.company })
    await selectFound(world, { q: person.company })
  },
  'a tick': async (world, person) =>
    world.manager.post(`/groups/${world.trade}/add`, {
      selection: randomUUID(),
      ids: await idOf(world, person),
      do: 'tick'
    }),
  'an overview': async ({ manager, list }) => manager.get(`/groups/${list}`),
  'sent when signed out': async ({ shop }, { first, email }) =>
    shop.anonymous.post('/customers', { firstName: first, email }),
  'a plan whose groups are called after them': async ({ shop, manager }, { first, last, spell }) =>
    checkFile(
      shop,
      manager,
      NAMED,
      `Name,Email,Group\nBob,bob.${randomUUID()}@example.org,Friends of ${spell(first)} ${spell(last)};Fair\n`
    ),
  'rows with errors': (world, person) =>
    bringIn(
      world,
      lines(
        `${spelled(person)},12,,,,`,
        `${spelled(person)},,,,,`,
        `Bad,Date,${person.dial(person.phone)},,31.31.1999,,`,
        `Bad,Twin,,${person.email},,,`,
        `Bad,Twin,,${person.email},,,`,
        `Bad,Phone,${person.dial(person.phone)} or so,,,,`,
        `Bad,Mail,,${person.email}@,,,`
      )
    ),
  'notes about them': async (world, person) => {
    const bob = (rest: string) => `Bob,bob.${randomUUID()}@example.org,${rest}`
    const notes = [`"${person.last}, ${person.first}"`, `rings ${person.dial(person.phone)}`, `shares ${person.email}`]
    const file = `First Name,Email,Birth Date,Notes\n${[...notes.map((note) => bob(`,${note}`)), ...notes.map((note) => bob(`31.31.1999,${note}`))].join('\n')}\n`
    await checkFile(world.shop, world.manager, world.list, file)
    return bringIn(world, file.replaceAll('bob.', 'rob.'))
  },
  'a file called by their name': (world, person) =>
    bringIn(world, lines(`Bob,,,bob.${randomUUID()}@example.org,,,`), {
      name: `list of ${person.spell(person.first)} ${person.last}.csv`
    }),
  'a file by their phone': (world, person) =>
    checkFile(world.shop, world.manager, world.list, lines(lineOf(person)), {
      name: `${person.dial(person.phone)} ${person.email}.csv`
    }),
  'a plan that waits': ({ shop, manager, trade }, person) =>
    checkFile(shop, manager, trade, lines(lineOf(person), `Bob,,,bob.${randomUUID()}@example.org,,,`)),
  'a row mended to be theirs': async ({ shop, manager, trade }, person) => {
    const { path } = await checkFile(
      shop,
      manager,
      trade,
      lines('Bad,Row,12,,,,', 'Bad,Row,13,,,,', `Bad,Row,,bob.${randomUUID()}@example.org,1,,`)
    )
    await manager.post(`${path}/rows/2`, { 'cell-2': person.dial(person.phone) })
    await manager.post(`${path}/rows/3`, { 'cell-2': `${person.dial(person.phone)} or so` })
    await manager.post(`${path}/rows/4`, { 'cell-4': person.email })
  },
  'a plan in which their name differs': ({ shop, manager, trade }, person) =>
    checkFile(shop, manager, trade, lines(`Zhu,Wei,${person.dial(person.phone)} ext 5,,,,`)).then(({ path }) =>
      manager.post(`${path}/strangers`, { do: 'all' })
    ),
  'a plan with their contacts of before': async (world, person) => {
    const { shop, manager, trade } = world
    await checkFile(shop, manager, trade, lines(`Who,Else,${person.dial(person.other.phone)},,,,`))
    return edit(world, person, { phone: `+1${person.other.phone}` }).then(() =>
      edit(world, person, { phone: `+1${person.phone}` })
    )
  },
  'a file that waits for its columns': ({ shop, manager, trade }, person) =>
    checkFile(shop, manager, trade, unheard(person)),
  'a file that waits for its dates': ({ shop, manager, trade }, person) =>
    checkFile(
      shop,
      manager,
      trade,
      lines(`${spelled(person)},${person.dial(person.phone)},${person.email},07/08/1990,,`)
    ),
  'a file that waits to be read': ({ manager, trade }, person) => upload(manager, trade, lines(lineOf(person)))
}

async function selectFound({ manager, trade }: World, params: Record<string, string>): Promise<void> {
  await manager.get(`/customers?${new URLSearchParams(params)}`)
  const form = { selection: randomUUID(), at: String(new URLSearchParams(params)) }
  await manager.post(`/groups/${trade}/add`, { ...form, do: 'all' })
}

async function edit(world: World, person: Person, changes: Record<string, string>) {
  const id = await idOf(world, person)
  const kept = await row(world.shop.em, sql<{ version: number }>`select version from customer where id = ${id}`)
  const { first, last, phone, email } = person
  const form = { firstName: first, lastName: last, phone: `+1${phone}`, email, version: kept?.version ?? 0 }
  return world.manager.post(`/customers/${id}/edit`, { ...form, ...changes })
}
