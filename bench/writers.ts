import pg from 'pg'
import type { Em } from '../src/db/orm.ts'
import { createOrm } from '../src/entities.ts'
import type { Basket } from './baskets.ts'
import type { Stage } from './stage.ts'
import { sale } from './yardsticks.ts'

const WRITERS = 16

/** A module of src/sales, imported by its address so that the rest of the bench runs without it. */
const RECORD = new URL('../src/sales/record.ts', import.meta.url).href
interface Recorder {
  recordSale(em: Em, sale: Basket['sale']): Promise<unknown>
}

/** Sixteen writers who record sales at the same time, each over its own connection. */
export interface Writers {
  /** Records sales with the domain function. */
  record(baskets: Basket[]): Promise<void>
  /** Writes the same rows with bare SQL. */
  insert(baskets: Basket[]): Promise<void>
}

export async function withWriters({ url }: Stage, work: (writers: Writers) => Promise<void>): Promise<void> {
  const { recordSale }: Recorder = await import(RECORD)
  // A pool holds ten connections, so there are two pools, as of two processes.
  const orms = [createOrm(url), createOrm(url)] as const
  const clients = Array.from({ length: WRITERS }, () => new pg.Client({ connectionString: url }))
  try {
    await Promise.all(clients.map((client) => client.connect()))
    await work({
      record: (baskets) =>
        shareOut(baskets, (basket, writer) => recordSale(orms[writer % 2 ? 1 : 0].em.fork(), basket.sale)),
      insert: (baskets) =>
        shareOut(baskets, async ({ row }, writer) => clients[writer]?.query({ name: 'sale', text: sale, values: row }))
    })
  } finally {
    for (const client of clients) await client.end()
    for (const orm of orms) await orm.close()
  }
}

async function shareOut(baskets: Basket[], write: (basket: Basket, writer: number) => Promise<unknown>): Promise<void> {
  const left = baskets.values()
  const writers = Array.from({ length: WRITERS }, async (_, writer) => {
    for (const basket of left) await write(basket, writer)
  })
  await Promise.all(writers)
}
