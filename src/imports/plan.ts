import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'
import type { MovedFrom } from '../groups/group.ts'
import { Group } from '../groups/group.ts'
import { type Debts, debtsOnJoining, debtsOnJoiningEach } from '../impact/debts.ts'
import type { FileImport } from './file-import.ts'
import { joiningNamed } from './named/groups.ts'

/**
 * The buckets that rows of a file end in (docs/rules.md, 27). A stranger has a customer's phone or e-mail but a quite
 * different name. Such a row is left out unless it is ticked, and then it counts in the bucket where it would have
 * ended otherwise. Wrong rows can be corrected.
 */
export const BUCKETS = ['create', 'add', 'move', 'already', 'stranger', 'passed', 'wrong'] as const
export type Bucket = (typeof BUCKETS)[number]

/** How many rows of a file end in each bucket. The buckets add up to `rows`. */
export interface Plan extends Record<Bucket, number> {
  rows: number
  /** The groups that moving customers come from, the largest number first. */
  groups: MovedFrom[]
  /**
   * The customers for whom the file has other details than Clientele: those who are added or move, and those already
   * there.
   */
  different: { joining: number; already: number; fields?: number }
  /** The number of strangers who are ticked. */
  ticked: number
  /** The numbers of the first rows of strangers who are left out. */
  leftOut: number[]
  /** The number of rows of which something is not stored. */
  noted: number
  /** The number of rows that were passed over, by the reason. */
  passedBy: Record<'empty' | 'template' | 'sample', number>
}

/** The number of customers whom Add Customers brings into the group. */
export function joining({ create, add, move }: Pick<Plan, 'create' | 'add' | 'move'>): number {
  return create + add + move
}

type BucketTotals = Omit<Plan, 'groups' | 'passedBy' | 'noted' | 'different'> & {
  differentJoining: number
  differentAlready: number
  fields: number
}

const MOST_NAMED = 20

/** Sums up where the rows of an import ended. */
export async function sumUp(em: Em, importId: number): Promise<Plan> {
  const sums = await row(
    em,
    sql<BucketTotals>`
    select count(*)::int as rows, ${sql.join(BUCKETS.map(counted))},
      (count(*) filter (where is_different and bucket in ('add', 'move')))::int as "differentJoining",
      (count(*) filter (where is_different and bucket = 'already'))::int as "differentAlready",
      coalesce(sum(changed_fields) filter (where bucket in ('add', 'move', 'already')), 0)::int as fields,
      (count(*) filter (where if_ticked is not null and bucket <> 'stranger'))::int as ticked,
      array(
        select number from import_match where import_id = ${importId} and bucket = 'stranger' order by number limit ${MOST_NAMED}
      ) as "leftOut"
    from import_match where import_id = ${importId}
  `
  )
  if (!sums) throw new Error('A sum has no row')
  const { differentJoining, differentAlready, fields, ...sumsOfBuckets } = sums
  return {
    ...sumsOfBuckets,
    groups: await movedFrom(em, importId),
    different: { joining: differentJoining, already: differentAlready, fields },
    ...(await ofReading(em, importId))
  }
}

const counted = (bucket: Bucket) => sql`(count(*) filter (where bucket = ${bucket}))::int as ${sql.ref(bucket)}`

async function movedFrom(em: Em, importId: number): Promise<MovedFrom[]> {
  return rows(
    em,
    sql<MovedFrom>`
    select former.id, former.name, count(*)::int as count
    from import_match join customer_group former on former.id = from_group_id
    where import_id = ${importId} and bucket = 'move' group by former.id order by count(*) desc, former.name
  `
  )
}

/**
 * Counts what was decided when each row was read: why it was passed over, and whether something of it is not stored.
 */
async function ofReading(em: Em, importId: number): Promise<Pick<Plan, 'passedBy' | 'noted'>> {
  const found = await rows(
    em,
    sql<{ reason: keyof Plan['passedBy'] | null; count: number }>`
    select passed_over as reason, count(*)::int as count from import_row
    where import_id = ${importId} and (passed_over is not null or (note is not null and wrong is null)) group by passed_over
  `
  )
  const reasons = Object.fromEntries(found.flatMap(({ reason, count }) => (reason ? [[reason, count]] : [])))
  const noted = found.find(({ reason }) => reason === null)?.count ?? 0
  return { passedBy: { empty: 0, template: 0, sample: 0, ...reasons }, noted }
}

/**
 * The present debts of the customers who join, if the groups that they join don't let them buy on account; null if they
 * owe nothing.
 */
export async function debtsOfJoining(em: Em, file: FileImport): Promise<Debts | null> {
  const importId = file.id
  if (file.isIntoNamed) return debtsOnJoiningEach(em, joiningNamed(importId))
  const group = await em.findOne(Group, file.groupId)
  const joiners = sql<{ id: number }>`
    select customer_id as id from import_match where import_id = ${importId} and bucket in ('add', 'move')
  `
  return group && debtsOnJoining(em, group, joiners)
}
