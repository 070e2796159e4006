import { randomUUID } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import autocannon from 'autocannon'
import type { Measurement } from '../case.ts'
import { median } from '../measure.ts'
import { startProgram } from '../server.ts'
import type { Stage } from '../stage.ts'
import { AS_A_BROWSER } from '../visitor.ts'
import type { BarePage } from './server.ts'
import { type Cells, templateOf } from './template.ts'

const CONNECTIONS = 16
const SECONDS = 3

export interface BarePageCase {
  path: string
  sql: string
  cells: Cells
}

/**
 * Measures a page's requests per second, in turns with a bare Fastify server that renders and compresses the same
 * bytes.
 */
export async function compareWithBare(stage: Stage, { path, sql, cells }: BarePageCase): Promise<Measurement> {
  const file = join(tmpdir(), `bench-${randomUUID()}.json`)
  const { rows } = await stage.client.query(sql)
  const html = await stage.visitor.get(path)
  const page: BarePage = { path, sql, template: templateOf(html, rows, cells) }
  writeFileSync(file, JSON.stringify(page))
  const bare = await startProgram('bench/bare/server.ts', '/ready', { DATABASE_URL: stage.url, PAGE: file })
  try {
    const same = (await stage.visitor.at(bare.address).get(path)) === html
    const measured = await inTurns(
      stage,
      () => rate(stage, stage.visitor.address + path, AS_A_BROWSER),
      () => rate(stage, bare.address + path, AS_A_BROWSER)
    )
    return { ...measured, flaws: same ? [] : ['the bare server renders other bytes'] }
  } finally {
    await bare.stop()
    rmSync(file)
  }
}

/** Measures a compressed page's requests per second, in turns with the same page uncompressed. */
export async function compareWithPlain(stage: Stage, path: string, encodings: string): Promise<Measurement> {
  const url = stage.visitor.address + path
  const packed = { 'accept-encoding': encodings }
  return inTurns(
    stage,
    () => rate(stage, url, packed),
    () => rate(stage, url, {})
  )
}

type Rate = () => Promise<number>

async function inTurns({ rounds }: Stage, one: Rate, other: Rate): Promise<Measurement> {
  const rates: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round++) {
    rates[0].push(await one())
    rates[1].push(await other())
  }
  return { unit: '/s', median: median(rates[0]), p99: null, yardstick: median(rates[1]), flaws: [] }
}

async function rate({ visitor: { cookie } }: Stage, url: string, headers: Record<string, string>): Promise<number> {
  const asked = { cookie, ...headers }
  const found = await autocannon({ url, connections: CONNECTIONS, duration: SECONDS, headers: asked })
  if (found.non2xx || found.errors) throw new Error(`${found.non2xx + found.errors} requests failed`)
  return found.requests.total / found.duration
}
