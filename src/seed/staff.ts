import type pg from 'pg'
import { DEMO_PASSWORD, DEMO_STAFF } from '../demo/shop.ts'
import { hashPassword } from '../staff/passwords.ts'
import { calendarTo } from './calendar.ts'
import type { Options } from './options.ts'

/** The second of the demo's three. */
export const MANAGER = 2

/** The demo's three sign-ins, whose password everybody knows: so its salt may be known too, and the rows always the same. */
export async function hireStaff(client: pg.Client, { seed, today }: Options): Promise<void> {
  const salt = Buffer.from(String(seed).padStart(16, '0'))
  const password = await hashPassword(DEMO_PASSWORD, salt)
  for (const { name, email, role } of DEMO_STAFF) {
    await client.query(
      'insert into staff_member (name, email, role, password_hash, created_at) values ($1, $2, $3, $4, $5)',
      [name, email, role, password, calendarTo(today).moment(0)]
    )
  }
}
