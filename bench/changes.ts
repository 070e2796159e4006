import { DEFAULT_GROUP } from '../src/db/fixed.ts'
import type { Em } from '../src/db/orm.ts'
import { createOrm } from '../src/entities.ts'
import { findGroup } from '../src/groups/queries.ts'
import { addMembers } from '../src/membership/join.ts'
import { settle } from './settle.ts'
import { onlyOnce, type Stage } from './stage.ts'

/** The number of customers that a bulk operation takes in one statement (docs/rules.md, 19). */
const AT_ONCE = 20_000

const LEFT_IN_DEFAULT = 100

/** Moves everyone in Default, except for a hundred, to another primary group. Returns how many stay. */
export async function emptyDefault(stage: Stage): Promise<number> {
  const { size } = stage.facts.groups.default
  const left = Math.min(LEFT_IN_DEFAULT, Math.ceil(size / 3))
  await onlyOnce(stage, 'Default is emptied', async () => {
    const ids = await membersOf(stage, DEFAULT_GROUP, size - left)
    await moveAll(stage, ids, stage.facts.otherPrimary.id)
    await settle(stage.url, 600)
  })
  return left
}

/** Some members of a primary group, spread over all of them. */
export async function membersOf({ client }: Stage, group: number, count: number): Promise<number[]> {
  const { rows } = await client.query<{ customer_id: number }>(
    'select customer_id from primary_membership where group_id = $1 order by hashint4(customer_id) limit $2',
    [group, count]
  )
  return rows.map(({ customer_id }) => customer_id)
}

/** Moves customers with the domain function, in one transaction of set-based steps. */
export async function moveAll({ url }: Stage, ids: number[], group: number): Promise<void> {
  const sorted = ids.toSorted((one, other) => one - other)
  await withEm(url, (em) =>
    em.transactional(async (inner) => {
      const target = await findGroup(inner, group)
      for (let start = 0; start < sorted.length; start += AT_ONCE)
        await addMembers(inner, target, sorted.slice(start, start + AT_ONCE), { id: 1, now: new Date() })
    })
  )
}

export async function withEm<Result>(url: string, work: (em: Em) => Promise<Result>): Promise<Result> {
  const orm = createOrm(url)
  try {
    return await work(orm.em.fork())
  } finally {
    await orm.close()
  }
}
