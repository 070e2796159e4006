import { type RawBuilder, sql } from 'kysely'
import type { Em, Orm } from '../db/orm.ts'
import { addJob } from '../db/queue/jobs.ts'
import { row, rows } from '../db/rows.ts'
import { liftDeadlines } from '../db/take-time.ts'
import { dayOf } from '../figures/calendar.ts'
import { findRetailer } from '../retailer/queries.ts'
import type { Retailer } from '../retailer/retailer.ts'
import { keepErrors } from './errors.ts'
import { FileImport } from './file-import.ts'
import { keepInterpretation } from './interpretation.ts'
import { endImport } from './keep-import.ts'
import { matchRows } from './match.ts'
import { keepGroups, whyTooManyLists } from './named/groups.ts'
import { sumUp } from './plan.ts'
import { findImport } from './queries.ts'
import { readUpload } from './read-upload.ts'
import { UnreadableFile } from './reading/file.ts'
import { IMPORT_LOCK } from './staging.ts'
import { swapNames } from './swap-names.ts'
import { applyTicks } from './ticks.ts'

/** With more rows than this, the planner gets fresh statistics. */
const MANY = 1_000

/** Queues a job that checks an import. The import counts as begun, so that the sweep doesn't take it for lost. */
export async function queueCheck(em: Em, importId: number): Promise<void> {
  await rows(em, sql`update import_progress set begun_at = now() where import_id = ${importId}`)
  await addJob(em, 'check-import', { importId }, `import ${importId}`)
}

/**
 * Takes an import to the next question that somebody must answer, or to its plan: it reads the file and matches its
 * rows to customers. It can be called again at any moment, and by several processes at once.
 */
export async function checkImport(orm: Orm, importId: number, clock: () => Date): Promise<void> {
  const em = orm.em.fork()
  const retailer = await findRetailer(em)
  if (!retailer) return
  try {
    let file = await findImport(em, importId)
    if (file.state === 'reading') {
      await readUpload(orm, file, retailer, dayOf(retailer, clock()).today)
      // The import is loaded again, because reading its file changed its state.
      file = await findImport(em, importId)
    }
    await settleDates(em, file)
    await plan(orm, importId, retailer, clock)
  } catch (error) {
    if (error instanceof ImportEnded) return
    if (!(error instanceof UnreadableFile)) throw error
    await endImport(em, importId, error.message, clock())
  }
}

interface Dates {
  dayOnly: boolean
  monthOnly: boolean
  either: boolean
}

/**
 * A date that can be read in only one way settles the order for the whole file. If there is no such date, or if two
 * contradict each other, somebody must choose.
 */
async function settleDates(em: Em, { id: importId, state, isDayFirst }: FileImport): Promise<void> {
  if (state !== 'checking' || isDayFirst !== null) return
  const found = await row(
    em,
    sql<Dates>`
    select coalesce(bool_or(month_first is null), false) as "dayOnly", coalesce(bool_or(day_first is null), false) as "monthOnly",
      coalesce(bool_or(day_first <> month_first), false) as either
    from import_row
    where import_id = ${importId} and passed_over is null and has_date and (day_first is not null or month_first is not null)
  `
  )
  const { dayOnly, monthOnly, either } = found ?? { dayOnly: false, monthOnly: false, either: false }
  const isUnclear = dayOnly === monthOnly && (either || dayOnly)
  const change = isUnclear ? { state: 'asking-dates' as const } : { isDayFirst: !monthOnly }
  await em.nativeUpdate(FileImport, { id: importId, state: 'checking' }, change)
}

/** The import ended while it was being planned. This rolls back what was stored for it. */
class ImportEnded extends Error {}

async function plan(orm: Orm, importId: number, retailer: Retailer, clock: () => Date): Promise<void> {
  await orm.em.fork().transactional(async (inner) => {
    if (!(await holdImport(inner, importId))) return
    // The import is loaded again under the lock: its dates have only now been settled, and another process may have
    // planned it already.
    const file = await findImport(inner, importId)
    if (file.state !== 'checking') return
    const { today } = dayOf(retailer, clock())
    await liftDeadlines(inner)
    const isSwapped = await swapNames(inner, file)
    await matchRows(inner, file, today)
    await keepMatches(inner, file)
    if (file.isIntoNamed) {
      await keepGroups(inner, importId)
      const why = await whyTooManyLists(inner, importId)
      if (why) throw new UnreadableFile(why)
    }
    await keepInterpretation(inner, file, { locale: retailer.locale, today }, isSwapped)
    const found = await sumUp(inner, importId)
    const change = { state: 'planned' as const, keptPlan: found }
    const planned = await inner.nativeUpdate(FileImport, { id: importId, state: 'checking' }, change)
    if (!planned) throw new ImportEnded()
  })
}

/** Takes the import's lock, which one process at a time can hold. Returns false if another process holds it. */
async function holdImport(em: Em, importId: number): Promise<boolean> {
  const lock = await row(
    em,
    sql<{ held: boolean }>`select pg_try_advisory_xact_lock(hashtext(${IMPORT_LOCK}), ${importId}) as held`
  )
  return lock?.held ?? false
}

/** Stores the bucket that each row ended in (see match.ts), or each of the rows chosen. */
export async function keepMatches(em: Em, file: FileImport, chosen?: RawBuilder<boolean>): Promise<void> {
  const id = sql.lit(file.id)
  const which = chosen ?? sql<boolean>`true`
  await applyTicks(em, file.id)
  await rows(em, sql`delete from import_match where import_id = ${id} and ${which}`)
  await rows(
    em,
    sql`
    insert into import_match
      (import_id, number, bucket, customer_id, from_group_id, is_different, changed_fields, if_ticked, name_seen)
    select ${id}, number, bucket, customer_id, from_group_id, is_different, changed_fields, if_ticked, name_seen from fresh where ${which}
    union all
    select ${id}, number, 'wrong', null, null, false, 0, null, null from refused where ${which}
    union all
    select ${id}, number, case when wrong is null then 'passed' else 'wrong' end, null, null, false, 0, null, null
    from import_row where import_id = ${id} and (passed_over is not null or wrong is not null) and ${which}
  `
  )
  if (!chosen && file.rows > MANY) await rows(em, sql`analyze import_match`)
  await keepErrors(em, file.id, which)
}
