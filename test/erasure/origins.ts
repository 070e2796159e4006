import { randomUUID } from 'node:crypto'
import { utils, write as writeXlsx } from '@e965/xlsx'
import { sql } from 'kysely'
import { row, rows } from '../../src/db/rows.ts'
import type { Client, Shop } from '../helper.ts'
import { add, checkFile, lines, say } from '../imports/helper.ts'
import { NAMED } from '../imports/upload.ts'
import { addGroup, addList } from '../shop.ts'

/** Somebody whose name, phone and e-mail nobody else has. */
export interface Person {
  first: string
  last: string
  /** Ten digits. */
  phone: string
  email: string
  place: string
  company: string
  /** What they were before, or are after, an edit. */
  other: { last: string; phone: string }
  /** How whoever wrote a file spelled the name and the phone. */
  spell: (name: string) => string
  dial: (phone: string) => string
}

export interface World {
  shop: Shop
  manager: Client
  staff: Client
  trade: number
  list: number
}

export async function openWorld(shop: Shop): Promise<World> {
  const trade = await addGroup(shop.em, `Trade ${randomUUID()}`, { allowsOnAccount: true })
  const list = await addList(shop.em, `List ${randomUUID()}`)
  return { shop, manager: await shop.as('manager'), staff: await shop.as('staff'), trade, list }
}

const cellsOf = ({ first, last, phone, email, place, spell, dial }: Person) =>
  [spell(first), spell(last), dial(phone), email, '1984-02-29', 'f', spell(place)] as const
export const lineOf = (person: Person) => cellsOf(person).join(',')

export async function bringIn(
  { shop, manager, list }: World,
  bytes: Buffer | string,
  options: { name?: string; updates?: boolean } = {}
) {
  const { path } = await checkFile(shop, manager, list, bytes, options)
  return add(shop, manager, path)
}

export const idOf = async ({ shop }: World, { email }: Person) =>
  (await row(shop.em, sql<{ id: number }>`select id from customer where email = ${email}`))?.id ?? 0

/** How somebody becomes a customer. */
export const ORIGINS: Record<string, (world: World, person: Person) => Promise<unknown>> = {
  'the form': async ({ staff, list }, { first, last, phone, email, place, company }) => {
    const details = {
      firstName: first,
      lastName: last,
      phone: `+1${phone}`,
      email,
      location: place,
      company,
      birthDate: '1984-02-29'
    }
    return staff.post('/customers', { ...details, lists: list, key: randomUUID() })
  },
  'a CSV file': (world, person) => bringIn(world, lines(lineOf(person))),
  'an XLSX file': (world, person) => {
    const sheet = utils.aoa_to_sheet([
      ['First Name', 'Last Name', 'Phone', 'Email', 'Birth Date', 'Gender', 'Location', 'Company'],
      [...cellsOf(person), person.company]
    ])
    const bytes: Buffer = writeXlsx(
      { SheetNames: ['One'], Sheets: { One: sheet } },
      { type: 'buffer', bookType: 'xlsx' }
    )
    return bringIn(world, bytes, { name: 'people.xlsx' })
  },
  'a file whose columns are asked for': async ({ shop, manager, list }, person) => {
    const { path } = await checkFile(shop, manager, list, unheard(person))
    await say(shop, manager, path, COLUMNS, 'columns')
    return add(shop, manager, path)
  },
  'a file with whole names, read in one order and then in the other': async ({ shop, manager, list }, person) => {
    const { last, first, spell, email, phone, dial, place } = person
    const text = `Full name,Email,Phone,City\n${spell(last)} ${spell(first)},${email},${dial(phone)},${spell(place)}\n`
    const { path } = await checkFile(shop, manager, list, text)
    await say(shop, manager, path, { names: 'lastFirst' }, 'reading')
    return add(shop, manager, path)
  },
  'a file that names groups': async ({ shop, manager, trade, list }, person) => {
    const { first, last, spell, email, phone, dial, place } = person
    const names = await rows(
      shop.em,
      sql<{ name: string }>`select name from customer_group where id in (${trade}, ${list})`
    )
    const groups = names.map(({ name }) => name).join(';')
    const text = `First Name,Last Name,Email,Phone,City,Groups\n${spell(first)},${spell(last)},${email},${dial(phone)},${spell(place)},${groups};Fair\n`
    const { path } = await checkFile(shop, manager, NAMED, text)
    return add(shop, manager, path)
  },
  'a file without headers': async (world, person) => {
    const bob = `Bob,Zzz,,bob.${randomUUID()}@example.org,,,`
    const { path } = await checkFile(world.shop, world.manager, world.list, `${lineOf(person)}\n${bob}\n`)
    await say(world.shop, world.manager, path, { 'column-0': 'firstName', 'column-3': 'email' }, 'columns')
    await add(world.shop, world.manager, path)
    return ORIGINS['the form']?.(world, person)
  }
}

/** Its headers say nothing. */
export const unheard = (person: Person) =>
  `Wer,Was,Wo,Wie,Wann\n${spelled(person)},${person.email},${person.dial(person.phone)},${person.place}\n`
const FIELDS = ['firstName', 'lastName', 'email', 'phone', 'location']
export const COLUMNS = Object.fromEntries(FIELDS.map((field, column) => [`column-${column}`, field]))

export const spelled = ({ first, last, spell }: Person) => `${spell(first)},${spell(last)}`
