import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { USUAL_SCOPES } from '../src/tills/scopes.ts'
import { hashOf, hintOf, newKey } from '../src/tills/till-key.ts'
import { onlyOnce, type Stage } from './stage.ts'
import type { Load, Sent } from './till-load.ts'

export interface BenchTill {
  id: number
  key: string
}

const tillsOf = new WeakMap<Stage, BenchTill[]>()

/** The keys' limit stays on, so there are as many as it takes. */
const MANY_TILLS = 600

/** Tills with a key each, made at the first use. */
export async function openTills(stage: Stage): Promise<BenchTill[]> {
  await onlyOnce(stage, 'tills', async () => {
    const keys = Array.from({ length: MANY_TILLS }, newKey)
    const { rows } = await stage.client.query<{ id: number }>(
      `with opened as (
        insert into till (shop_id, name) select 1 + n % (select max(id) from shop), 'Bench ' || $2 || n from generate_series(0, $1 - 1) n
        returning id
      ) select id from opened order by id`,
      [MANY_TILLS, randomUUID().slice(0, 8)]
    )
    const tills = rows.map(({ id }, place) => ({ id, key: keys[place] ?? '' }))
    await stage.client.query(
      `insert into till_key (till_id, hash, hint, scopes, created_at, last_used_at)
      select (till->>'id')::int, decode(till->>'hash', 'hex'), till->>'hint', $2, now(), now() from json_array_elements($1::json) till`,
      [JSON.stringify(tills.map(({ id, key }) => ({ id, hash: hashOf(key), hint: hintOf(key) }))), USUAL_SCOPES]
    )
    tillsOf.set(stage, tills)
  })
  return tillsOf.get(stage) ?? []
}

/** Sends a load from a process of its own, and says how many ms it took. */
export async function send(load: Load): Promise<number> {
  return (await run(load)).ms
}

/** Sends a load at its pace, and says how many ms each answer took. */
export async function pace(load: Load & { everyMs: number }): Promise<number[]> {
  return (await run(load)).samples
}

async function run(load: Load): Promise<Sent> {
  const file = join(tmpdir(), `bench-${randomUUID()}.json`)
  writeFileSync(file, JSON.stringify(load))
  try {
    const child = spawn(process.execPath, ['bench/till-load.ts'], {
      cwd: new URL('..', import.meta.url).pathname,
      env: { ...process.env, LOAD: file },
      stdio: ['ignore', 'pipe', 'inherit']
    })
    const ended = once(child, 'exit')
    const said = await text(child.stdout)
    const [code] = await ended
    if (code !== 0) throw new Error('The load could not be sent')
    return JSON.parse(said)
  } finally {
    rmSync(file)
  }
}
