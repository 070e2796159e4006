import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { LARGEST_ID } from '../lib/fields.ts'

/** Something a till sent as a sale of which nothing could be recorded. */
export interface Unreadable {
  /** As it was received, out of JSON. */
  raw: unknown
  code: string
  detail: string
}

/** Keeps it for To review; sent again it is kept but once. If it names a customer, it goes when they are erased. */
export async function keepUnreadable(em: Em, till: number, all: Unreadable[], now: Date): Promise<void> {
  if (all.length === 0) return
  const items = all.map(({ raw, code, detail }) => {
    const received = JSON.stringify(raw)
    const fingerprint = createHash('sha256').update(received).digest('hex')
    return { received, fingerprint, code, detail: keepable(detail), customer_id: customerOf(raw) }
  })
  await rows(
    em,
    sql`
    insert into review (till_id, customer_id, code, detail, received, fingerprint, noted_at)
    select ${till}, customer.id, item.code, item.detail, item.received::json, decode(item.fingerprint, 'hex'), ${now}
    from json_to_recordset(${JSON.stringify(items)}::json) as item (
      received text, fingerprint text, code text, detail text, customer_id integer)
    left join customer on customer.id = item.customer_id
    on conflict do nothing
  `
  )
}

/** A sentence may name a field as it was sent, with what PostgreSQL keeps in no text: NUL, and half a character. */
const keepable = (text: string) => text.toWellFormed().replaceAll('\0', '\ufffd')

function customerOf(raw: unknown): number | null {
  if (raw === null || typeof raw !== 'object' || !('customer_id' in raw)) return null
  const id = Number(raw.customer_id)
  return Number.isInteger(id) && id > 0 && id <= LARGEST_ID ? id : null
}
