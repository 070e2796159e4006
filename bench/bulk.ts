import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { bulk } from './bulk-yardsticks.ts'
import { timed } from './measure.ts'
import { settle } from './settle.ts'
import type { Stage } from './stage.ts'

export const KINDS = ['add', 'undo-add', 'move', 'undo-move', 'remove', 'undo-remove'] as const
export type Kind = (typeof KINDS)[number]

/** How long each kind took, in ms: through the product (`ours`) and by its yardstick (`bare`). */
export type Times = Record<Kind, { ours: number[]; bare: number[]; flaws: Set<string> }>

interface BulkGroups {
  /** The list of customers that the operations are about. */
  whom: { id: number; name: string; size: number }
  list: number
  primary: number
}

const LOOK_MS = 5
/** The number of boxes that are unticked after All Pages. */
const UNTICKED = 20

/** Does and undoes each operation, in turns with SQL that writes the same rows. Afterwards everything is as it was. */
export async function measureBulk(stage: Stage, size: number, rounds: number, kinds: readonly Kind[]): Promise<Times> {
  const times = Object.fromEntries(
    KINDS.map((kind) => [kind, { ours: [], bare: [], flaws: new Set() }])
  ) as unknown as Times
  const place = await makeBulkGroups(stage.client, size)
  for (let round = 0; round < rounds; round++) {
    for (const kind of ['add', 'move', 'remove'] as const) {
      if (!kinds.includes(kind)) continue
      await measureOurs(stage, place, kind, times)
      await measureBare(stage, place, kind, times)
    }
  }
  return times
}

async function makeBulkGroups(client: pg.Client, size: number): Promise<BulkGroups> {
  const mark = randomUUID().slice(0, 8)
  const made = async (kind: string, name: string): Promise<number> => {
    const { rows } = await client.query('insert into customer_group (kind, name) values ($1, $2) returning id', [
      kind,
      name
    ])
    return rows[0].id
  }
  const name = `Meant ${mark}`
  const whom = await made('list', name)
  await client.query(
    `insert into list_membership (group_id, customer_id, joined_at)
      select $1, id, now() from (select id from customer where id <> 1 order by hashint4(id) limit $2) meant order by id`,
    [whom, size]
  )
  await client.query('analyze list_membership')
  const list = await made('list', `List ${mark}`)
  const primary = await made('primary', `Primary ${mark}`)
  return { whom: { id: whom, name, size }, list, primary }
}

/** Measures from the press of the button to the last row, and the same for Undo. */
async function measureOurs(
  stage: Stage,
  { whom, list, primary }: BulkGroups,
  kind: 'add' | 'move' | 'remove',
  times: Times
): Promise<void> {
  const group = { add: list, move: primary, remove: whom.id }[kind]
  const path = `/groups/${group}/${kind === 'remove' ? 'remove' : 'add'}`
  const selection = await select(stage, path, kind === 'remove' ? '' : `group=${encodeURIComponent(whom.name)}`, whom)
  await settle(stage.url, 600)
  let id = 0
  times[kind].ours.push(
    await timed(
      async () =>
        (id = await runOperation(stage, path, [
          ['selection', selection],
          ['do', 'sure']
        ]))
    )
  )
  const changed = whom.size - (hasUnticked(whom.size) ? UNTICKED : 0)
  await expect(stage, id, changed, times[kind].flaws)
  await settle(stage.url, 600)
  times[`undo-${kind}`].ours.push(
    await timed(async () => (id = await runOperation(stage, `/operations/${id}/undo`, [])))
  )
  await expect(stage, id, changed, times[`undo-${kind}`].flaws)
  await settle(stage.url, 600)
}

const hasUnticked = (size: number) => size > 100 * UNTICKED

/** Selects All Pages and, if there are many customers, unticks a few. */
async function select({ client, visitor }: Stage, path: string, at: string, whom: BulkGroups['whom']): Promise<string> {
  const selection = randomUUID()
  await visitor.post(path, [
    ['selection', selection],
    ['at', at],
    ['do', 'all']
  ])
  if (!hasUnticked(whom.size)) return selection
  const { rows } = await client.query<{ id: number }>(
    `select customer_id as id from list_membership where group_id = $1 order by customer_id limit ${UNTICKED}`,
    [whom.id]
  )
  const ids = rows.map(({ id }) => id).join(' ')
  await visitor.post(path, [
    ['selection', selection],
    ['at', at],
    ['shown', ids],
    ['were', ids],
    ['do', 'keep']
  ])
  return selection
}

/** Returns when the operation is done: a small one is when the answer arrives, a large one when its state says so. */
async function runOperation({ client, visitor }: Stage, path: string, fields: [string, string][]): Promise<number> {
  const { status } = await visitor.post(path, fields)
  if (status !== 303) throw new Error(`${path} was answered with ${status}`)
  for (;;) {
    const { rows } = await client.query('select id, state from bulk_operation order by id desc limit 1')
    if (rows[0].state === 'done') return rows[0].id
    if (!['waiting', 'running'].includes(rows[0].state)) throw new Error(`${path} ended as ${rows[0].state}`)
    await sleep(LOOK_MS)
  }
}

async function expect({ client }: Stage, id: number, changed: number, flaws: Set<string>): Promise<void> {
  const { rows } = await client.query('select added + moved + removed as changed from bulk_operation where id = $1', [
    id
  ])
  if (rows[0].changed !== changed) flaws.add(`it changed ${rows[0].changed} instead of ${changed}`)
}

async function measureBare(
  { client, url }: Stage,
  { whom, list, primary }: BulkGroups,
  kind: 'add' | 'move' | 'remove',
  times: Times
): Promise<void> {
  const { rows } = await client.query(`
    insert into bulk_operation (kind, group_id, group_name, is_list, asked_by, asked_at, state)
    values ('add', 1, 'bare', false, 1, now(), 'cancelled') returning id
  `)
  const group = { add: list, move: primary, remove: whom.id }[kind]
  const statement = kind === 'remove' ? bulk.remove : bulk[kind](String(whom.id))
  times[kind].bare.push(await timed(() => client.query(statement, [group, rows[0].id])))
  await settle(url, 600)
  times[`undo-${kind}`].bare.push(await timed(() => client.query(bulk[`undo-${kind}`], [group, rows[0].id])))
  await settle(url, 600)
}
