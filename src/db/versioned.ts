import { type EntityClass, type EntityData, type FilterQuery, LockMode, OptimisticLockError } from '@mikro-orm/core'
import type { Em } from './orm.ts'

/** A row that says how often it was saved. */
export interface Versioned {
  version: number
}

/**
 * Saves a row over the version that somebody was shown, and answers it as it was then. Throws an OptimisticLockError if
 * somebody else has saved it since. Not by flush(): a save that changes nothing makes a version too, and what a page has
 * read stays as it was, for when the save fails after all.
 */
export async function saveOver<Row extends Versioned>(
  em: Em,
  row: EntityClass<Row>,
  where: FilterQuery<NoInfer<Row>>,
  version: number,
  values: EntityData<NoInfer<Row>>
): Promise<Row> {
  const before = await em.findOneOrFail(row, where, { lockMode: LockMode.OPTIMISTIC, lockVersion: version })
  // MikroORM counts the version up.
  const saved = await em.nativeUpdate(row, { $and: [where, { version }] } as FilterQuery<Row>, values)
  if (saved === 0) throw OptimisticLockError.lockFailed(before)
  return before
}
