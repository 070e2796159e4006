import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { rows } from '../../src/db/rows.ts'
import type { Shop } from '../helper.ts'

export const CHOSEN = 'violet kettle rides north'

/** An invitation, as its form sends it. */
export const mia = () => ({ name: 'Mia Chen', email: 'mia@demo.test', role: 'manager', key: randomUUID() })

export async function idOf({ em }: Shop, email: string): Promise<number> {
  const [found] = await rows(em, sql<{ id: number }>`select id from staff_member where email = ${email}`)
  return found?.id ?? 0
}

/** The path of the one-time link that a page shows. */
export function linkIn(body: string): string {
  const url = /id="link">(http[^<]*\/link\/[\w-]+)</.exec(body)?.[1]
  return url ? new URL(url).pathname : ''
}
