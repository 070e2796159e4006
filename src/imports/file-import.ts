import { type RawBuilder, sql } from 'kysely'
import { NO_GROUP } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'
import { Refusal } from '../lib/errors.ts'
import type { AsRead } from './as-read.ts'
import type { Plan } from './plan.ts'
import type { Mapping } from './reading/headers.ts'

export type ImportState =
  | 'uploading'
  | 'reading'
  | 'asking-columns'
  | 'asking-dates'
  | 'checking'
  | 'planned'
  | 'done'
  | 'cancelled'
  | 'failed'

/** A file of customers for one group, or for those that it names, from its upload to what became of each of its rows. */
export interface FileImport {
  id: number
  /** NO_GROUP: those that the file names. */
  groupId: number
  /** As it was called then; empty where there is none. */
  groupName: string
  isList: boolean
  /** Where such a file is uploaded, and where its customers are. */
  start: string
  home: string
  fileName: string
  /** In bytes. */
  size: number
  /** Existing customers get the details that the file has for them. */
  updates: boolean
  state: ImportState
  failure: string | null
  headers: string[]
  mapping: Mapping
  /** Some of its first rows, while it is asked which column is what. */
  samples: string[][]
  /** Null as long as it doesn't matter, or nobody has said. */
  isDayFirst: boolean | null
  plan: Plan | null
  /** How its dates and names were read; null before there is a plan. */
  asRead: AsRead | null
  /** What came out otherwise than planned. */
  changes: Changed[]
  /** The latest that carries it out. */
  operationId: number | null
  askedById: number
  askedBy: string
  askedAt: string
  endedAt: string | null
  /** While it is read. */
  rows: number
  bytes: number
  begunAt: string | null
  tries: number
}

/** So many rows were planned to end in one bucket and ended in another. */
export interface Changed {
  was: string
  now: string
  count: number
}

/** Each row says into which groups; one that says nothing makes a customer all the same. */
export function isIntoNamed({ groupId }: Pick<FileImport, 'groupId'>): boolean {
  return groupId === NO_GROUP
}

export async function findImport(em: Em, id: number): Promise<FileImport> {
  const found = (await findImports(em, sql`file.id = ${id}`))[0]
  if (!found) throw new Refusal(404, 'This import does not exist.')
  return found
}

export async function findImportOf(em: Em, operationId: number): Promise<FileImport> {
  const found = (await findImports(em, sql`file.operation_id = ${operationId}`))[0]
  if (!found) throw new Refusal(404, 'This import does not exist.')
  return found
}

export async function findImportId(em: Em, operationId: number): Promise<number | null> {
  const found = await row(em, sql<{ id: number }>`select id from file_import where operation_id = ${operationId}`)
  return found?.id ?? null
}

/** The latest that somebody has begun for a group and that is not over. */
export async function findOpenImport(em: Em, groupId: number, personId: number): Promise<FileImport | null> {
  const isOpen = sql`file.state not in ('uploading', 'done', 'cancelled', 'failed')`
  const found = await findImports(em, sql`file.group_id = ${groupId} and file.asked_by = ${personId} and ${isOpen}`)
  return found[0] ?? null
}

export async function findByKey(em: Em, key: string): Promise<FileImport | null> {
  return (await findImports(em, sql`file.key = ${key}`))[0] ?? null
}

const MOST_LISTED = 20

/** The latest into a group, over or not. */
export async function listImports(em: Em, groupId: number): Promise<FileImport[]> {
  return findImports(em, sql`file.group_id = ${groupId} and file.state not in ('uploading', 'cancelled')`)
}

/** One that was made before strangers were told apart has nothing of theirs. */
const PLAN = sql`'{"stranger": 0, "ticked": 0, "leftOut": [], "noted": 0}'::jsonb || file.plan`

async function findImports(em: Em, where: RawBuilder<unknown>): Promise<FileImport[]> {
  return rows(
    em,
    sql<FileImport>`
    select file.id, file.group_id as "groupId", file.group_name as "groupName", file.is_list as "isList",
      case when file.group_id = ${NO_GROUP} then '/customers/import' else '/groups/' || file.group_id || '/import' end as start,
      case when file.group_id = ${NO_GROUP} then '/customers' else '/groups/' || file.group_id || '/customers' end as home,
      file.file_name as "fileName", file.size::float as size, file.updates, file.state, file.failure, file.headers, file.mapping,
      file.samples, file.is_day_first as "isDayFirst", ${PLAN} as plan, file.as_read as "asRead", file.changes,
      file.operation_id as "operationId",
      file.asked_by as "askedById", person.name as "askedBy", file.asked_at as "askedAt", file.ended_at as "endedAt",
      coalesce(progress.rows, 0) as rows, coalesce(progress.bytes, 0)::float as bytes, progress.begun_at as "begunAt",
      coalesce(progress.tries, 0) as tries
    from file_import file
    join staff_member person on person.id = file.asked_by
    left join import_progress progress on progress.import_id = file.id
    where ${where} order by file.id desc limit ${MOST_LISTED}
  `
  )
}

/** What a file is called that was called by somebody's name. */
export const NAMELESS = 'A file'
