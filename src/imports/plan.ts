import { sql } from 'kysely'
import { type Debts, debtsOnJoining } from '../customers/debts.ts'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'
import { Group } from '../groups/group.ts'
import type { MovedFrom } from '../groups/membership.ts'

/** Where each row of a file ends; wrong rows can be corrected and sent again. */
export const BUCKETS = ['create', 'add', 'move', 'already', 'passed', 'wrong'] as const
export type Bucket = (typeof BUCKETS)[number]

/** What becomes of a file's rows: the buckets add up to `rows`. */
export interface Plan extends Record<Bucket, number> {
  rows: number
  /** Where those who move come from, the largest first. */
  groups: MovedFrom[]
  /** For whom the file has other details than Clientele: of those who are added or move, and of those already there. */
  different: { joining: number; already: number }
  /** Rows that were passed over, by the reason. */
  passedBy: Record<'empty' | 'template' | 'sample', number>
}

/** Whom Add Customers brings into the group. */
export function joining({ create, add, move }: Pick<Plan, 'create' | 'add' | 'move'>): number {
  return create + add + move
}

/** Sums up where the rows of an import ended. */
export async function sumUp(em: Em, importId: number): Promise<Plan> {
  const sums = await row(
    em,
    sql<Omit<Plan, 'groups' | 'passedBy' | 'different'> & { differentJoining: number; differentAlready: number }>`
    select count(*)::int as rows, ${sql.join(BUCKETS.map(counted))},
      (count(*) filter (where is_different and bucket <> 'already'))::int as "differentJoining",
      (count(*) filter (where is_different and bucket = 'already'))::int as "differentAlready"
    from import_match where import_id = ${importId}
  `
  )
  if (!sums) throw new Error('A sum has no row')
  const { differentJoining, differentAlready, ...buckets } = sums
  return {
    ...buckets,
    groups: await movedFrom(em, importId),
    different: { joining: differentJoining, already: differentAlready },
    passedBy: await passedBy(em, importId)
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

async function passedBy(em: Em, importId: number): Promise<Plan['passedBy']> {
  const found = await rows(
    em,
    sql<{ reason: keyof Plan['passedBy']; count: number }>`
    select passed_over as reason, count(*)::int as count from import_row
    where import_id = ${importId} and passed_over is not null group by passed_over
  `
  )
  return { empty: 0, template: 0, sample: 0, ...Object.fromEntries(found.map(({ reason, count }) => [reason, count])) }
}

/** What those owe who join, and could buy on account no longer in the group of the import: as it is now. */
export async function debtsOfJoining(em: Em, importId: number, groupId: number): Promise<Debts | null> {
  const group = await em.findOne(Group, groupId)
  const joiners = sql<{ id: number }>`
    select customer_id as id from import_match where import_id = ${importId} and bucket in ('add', 'move')
  `
  return group && debtsOnJoining(em, group, joiners)
}
