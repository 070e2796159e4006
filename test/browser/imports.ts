import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { addImportedCustomers } from '../../src/bulk/add-customers.ts'
import { NO_GROUP } from '../../src/db/fixed.ts'
import { row, rows } from '../../src/db/rows.ts'
import { findGroup } from '../../src/groups/queries.ts'
import { checkImport } from '../../src/imports/check.ts'
import { insertImport } from '../../src/imports/keep-import.ts'
import { findImport } from '../../src/imports/queries.ts'
import { storeFile } from '../../src/imports/stored-file.ts'
import { type BrowserShop, NOW } from './browser.ts'

export const HEADS = 'First Name,Last Name,Phone,Email,Birth Date,Gender,Location'

const GOOD = Array.from(
  { length: 30 },
  (_, n) => `Guest,Nr ${n},,guest${n}@example.org,1990-02-${10 + (n % 9)},f,Seattle`
)
const BAD = Array.from({ length: 30 }, (_, n) => `,Nobody ${n},12,nobody${n}.example.org,31/31/1990,purple,`)
const FILES = {
  plan: [HEADS, 'Mandatory,,,,,,', ...GOOD, ...BAD, ',,,,,,'].join('\n'),
  result: [HEADS, 'Result,One,,result@example.org,,,', ...BAD].join('\n'),
  columns: 'Kunde;Telefon;Shoe size\nJosé;206 555 0131;42\n',
  named: `Full name,Email,DOB,Group,Note\n${['Ana Bell', 'Bell, Bo', 'José de la Cruz y Santos']
    .map(
      (name, n) =>
        `"${name}",named${n}@example.org,${n + 12}/05/1990,Consumer;Fair ${n};${'x'.repeat(80)},${'y'.repeat(200)}`
    )
    .join('\n')}\n`,
  dates: `${HEADS}\nAnn,,,ann.dates@example.org,07/08/1990,,\n`,
  refused: '\x89PNG\r\n\x1a\n'
}

/** An import at each of its stages: its address. */
export async function fillImports({ em, orm }: BrowserShop, groupId: number) {
  const group = await findGroup(em, groupId)
  const [manager] = await rows(em, sql<{ id: number }>`select id from staff_member where role = 'manager' limit 1`)
  const actor = { id: manager?.id ?? 0, now: NOW }
  const upload = async (name: string, text: string) => {
    const into = name === 'named' ? { id: NO_GROUP, name: '', isList: false } : group
    const asked = { key: randomUUID(), group: into, fileName: `${name}.csv`, updates: false }
    const id = (await insertImport(em, asked, actor)) ?? 0
    const size = await storeFile(await em.getConnection().getNativeClient(), id, bytesOf(text))
    await rows(em, sql`update file_import set state = 'reading', size = ${size} where id = ${id}`)
    return id
  }
  const known = await rows(
    em,
    sql<{ name: string; phone: string }>`select name, phone from customer where phone is not null order by id limit 40`
  )
  const matched = known.map(({ name, phone }, n) =>
    n % 2 ? `Zhu,Wei,${phone},,,,` : `${name.replace(' ', ',')},${phone},,,,Lima`
  )
  const paths: Record<string, string> = {}
  for (const [name, file] of Object.entries(FILES)) {
    const text = name === 'plan' ? [file, ...matched, 'Ext,Ension,206 555 0187 ext 5,,,,'].join('\n') : file
    const id = await upload(name, text)
    await checkImport(orm, id, () => NOW)
    if (name === 'result') await addImportedCustomers(em, await findImport(em, id), actor)
    paths[name] = `/imports/${id}`
  }
  const reading = await upload('reading', HEADS)
  await row(em, sql`update import_progress set rows = 41000, bytes = 30, begun_at = now() where import_id = ${reading}`)
  return { ...paths, reading: `/imports/${reading}` } as Record<keyof typeof FILES | 'reading', string>
}

async function* bytesOf(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text)
}
