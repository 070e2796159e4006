import { IsolationLevel } from '@mikro-orm/core'
import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'
import { liftDeadlines } from '../db/take-time.ts'
import { CHECKS, type Check } from './checks.ts'
import { PRODUCTS_LOCK } from './products.ts'
import { takeInAllChanges } from './settle.ts'
import { SPEND_LOCK } from './spend.ts'

/** A row of a figure that is not what a recount says; null where one of the two has no such row. */
interface Drift {
  /** What the row is about: "group 3", "group 3, product 7". */
  of: string
  kept: string | null
  recounted: string | null
}

export interface Verdict {
  figure: string
  checked: number
  drifted: number
  /** The first few differences. */
  examples: Drift[]
}

const MOST_EXAMPLES = 5

/**
 * Recounts every figure from sales and memberships, compares it with what is stored and, with `repair`, corrects what
 * differs. It looks at one moment while others go on working; changes that wait at that moment are taken in first.
 */
export async function verifyFigures(em: Em, { repair = false } = {}): Promise<Verdict[]> {
  return em.fork().transactional(async (locking) => {
    await liftDeadlines(locking)
    // While these locks are held no pass runs, so the snapshot below is taken after the last pass has ended.
    for (const lock of [SPEND_LOCK, PRODUCTS_LOCK])
      await rows(locking, sql`select pg_advisory_xact_lock(hashtext(${lock}))`)
    return em
      .fork()
      .transactional((inner) => verifyAt(inner, repair), { isolationLevel: IsolationLevel.REPEATABLE_READ })
  })
}

async function verifyAt(em: Em, repair: boolean): Promise<Verdict[]> {
  await liftDeadlines(em, '256MB')
  await takeInAllChanges(em)
  const verdicts: Verdict[] = []
  for (const check of CHECKS) {
    verdicts.push(await compare(em, check))
    if (repair) await rows(em, check.repair)
    await rows(em, sql`drop table drift`)
    // A customer's corrected totals are a change for the customer's groups, like any other change.
    if (repair) await takeInAllChanges(em)
  }
  return verdicts
}

async function compare(em: Em, { figure, kept, recount, keys, values }: Check): Promise<Verdict> {
  const isThere = (table: string) => sql`${sql.ref(`${table}.${keys[0]}`)} is not null`
  const columns = (table: string, names: string[]) => sql.join(names.map((name) => sql.ref(`${table}.${name}`)))
  await rows(
    em,
    sql`
    create temp table drift on commit drop as
    select ${sql.join(keys.map((name) => sql.ref(name)))}, ${columns('recounted', values)},
      case when ${isThere('kept')} then row(${columns('kept', values)})::text end as kept,
      case when ${isThere('recounted')} then row(${columns('recounted', values)})::text end as recounted
    from (${kept}) kept full join (${recount}) recounted using (${sql.join(keys.map((name) => sql.ref(name)))})
    where row(${columns('kept', values)}) is distinct from row(${columns('recounted', values)})
  `
  )
  const of = sql.join(
    keys.map((name) => sql`${name.replace('_id', ' ')} || ${sql.ref(name)}`),
    sql` || ', ' || `
  )
  const examples = await rows(
    em,
    sql<Drift>`select ${of} as of, kept, recounted from drift order by 1 limit ${MOST_EXAMPLES}`
  )
  const counted = await row(
    em,
    sql<{ checked: number; drifted: number }>`
    select (select count(*) from (${kept}) kept)::int as checked, (select count(*) from drift)::int as drifted
  `
  )
  return { figure, checked: counted?.checked ?? 0, drifted: counted?.drifted ?? 0, examples }
}
