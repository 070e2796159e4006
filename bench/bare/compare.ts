import { randomUUID } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import autocannon from 'autocannon'
import type { Measured } from '../case.ts'
import { median } from '../measure.ts'
import { startProgram } from '../server.ts'
import type { Stage } from '../stage.ts'
import type { Visitor } from '../visitor.ts'
import { groups } from '../yardsticks.ts'
import { templateOf } from './template.ts'

const PATH = '/groups'
const CONNECTIONS = 16
const SECONDS = 3

/** Requests per second of the list of groups, in turns with a bare Fastify that renders the same bytes. */
export async function compareWithBare(stage: Stage): Promise<Measured> {
  const page = join(tmpdir(), `bench-${randomUUID()}.eta`)
  const { rows } = await stage.client.query(groups('grouped.name, grouped.id'))
  const html = await stage.visitor.get(PATH)
  writeFileSync(page, templateOf(html, rows))
  const bare = await startProgram('bench/bare/server.ts', '/ready', { DATABASE_URL: stage.url, PAGE: page })
  try {
    const same = (await fetchAs(stage.visitor, bare.address)) === html
    const rates: [number[], number[]] = [[], []]
    for (let round = 0; round < stage.rounds; round++) {
      rates[0].push(await rate(stage.visitor.address, stage.visitor.cookie))
      rates[1].push(await rate(bare.address, stage.visitor.cookie))
    }
    const flaws = same ? [] : ['the bare server renders other bytes']
    return { unit: '/s', median: median(rates[0]), p99: null, yardstick: median(rates[1]), flaws }
  } finally {
    await bare.stop()
    rmSync(page)
  }
}

async function fetchAs({ cookie }: Visitor, address: string): Promise<string> {
  return (await fetch(`${address}${PATH}`, { headers: { cookie } })).text()
}

async function rate(address: string, cookie: string): Promise<number> {
  const url = `${address}${PATH}`
  const found = await autocannon({ url, connections: CONNECTIONS, duration: SECONDS, headers: { cookie } })
  if (found.non2xx || found.errors) throw new Error(`${found.non2xx + found.errors} requests failed`)
  return found.requests.total / found.duration
}
