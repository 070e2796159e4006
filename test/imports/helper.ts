import { sql } from 'kysely'
import { row } from '../../src/db/rows.ts'
import { settleFigures } from '../../src/figures/settle.ts'
import { verifyFigures } from '../../src/figures/verify.ts'
import type { FileImport } from '../../src/imports/file-import.ts'
import type { Plan } from '../../src/imports/plan.ts'
import { findImport } from '../../src/imports/queries.ts'
import { type Client, count, NOW, type Shop, words } from '../helper.ts'
import { doJobs } from '../jobs.ts'
import { upload } from './upload.ts'

const HEADS = 'First Name,Last Name,Phone,Email,Birth Date,Gender,Location'

/** A file with the template's headers. */
export const lines = (...rows: string[]) => `${[HEADS, ...rows].join('\r\n')}\r\n`

type Options = Parameters<typeof upload>[3]

/** Uploads a file, does the jobs, and says where it stands then. */
export async function checkFile(
  shop: Shop,
  person: Client,
  groupId: number,
  bytes: Buffer | string,
  options: Options = {}
): Promise<{ path: string; file: FileImport; page: string }> {
  const answer = await upload(person, groupId, bytes, options)
  if (answer.statusCode !== 303) throw new Error(`Not taken: ${answer.statusCode} ${words(answer.body)}`)
  await doJobs(shop, NOW)
  return standing(shop, person, String(answer.headers.location))
}

export async function standing({ em }: Shop, person: Client, path: string) {
  const file = await findImport(em, Number(path.split('/').at(-1)))
  return { path, file, page: (await person.get(path)).body }
}

/** Answers a question of an import, and does the jobs. */
export async function say(shop: Shop, person: Client, path: string, form: Record<string, string>, what: string) {
  await person.post(`${path}/${what}`, form)
  await doJobs(shop, NOW)
  return standing(shop, person, path)
}

/** Presses Add Customers, and does the jobs. */
export async function add(shop: Shop, person: Client, path: string) {
  const answer = await person.post(`${path}/additions`)
  await doJobs(shop, NOW)
  return { ...(await standing(shop, person, path)), answer }
}

/** The buckets of a plan, without those that are empty. */
export function bucketsOf(plan: Plan | null): Record<string, number> {
  const { create = 0, add = 0, move = 0, already = 0, stranger = 0, passed = 0, wrong = 0 } = plan ?? {}
  return Object.fromEntries(
    Object.entries({ create, add, move, already, stranger, passed, wrong }).filter(([, n]) => n > 0)
  )
}

export async function driftOf({ em }: Shop) {
  await settleFigures(em)
  return (await verifyFigures(em)).filter(({ drifted }) => drifted > 0)
}

export const sizeOf = ({ em }: Shop, groupId: number) =>
  count(em, sql`select count(*)::int as n from membership where group_id = ${groupId}`)

export async function latestOperation({ em }: Shop): Promise<number> {
  return (await row(em, sql<{ id: number }>`select max(id) as id from bulk_operation`))?.id ?? 0
}

/** What an import leaves behind while it is none of anybody's business any more. */
export async function leftBehind({ em }: Shop): Promise<Record<string, number>> {
  const tables = ['import_chunk', 'import_row', 'import_match', 'import_error']
  const counts = await Promise.all(
    tables.map(
      async (table) => [table, await count(em, sql`select count(*)::int as n from ${sql.table(table)}`)] as const
    )
  )
  return Object.fromEntries(counts.filter(([, n]) => n > 0))
}
