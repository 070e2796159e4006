import type pg from 'pg'
import { DEMO_PASSWORD, DEMO_STAFF } from '../demo/shop.ts'
import { hashPassword } from '../staff/passwords.ts'
import { calendarTo } from './calendar.ts'
import type { Options } from './options.ts'

/** The id of the second of the demo's staff, who is a manager. */
export const MANAGER = 2

/**
 * Creates the demo's three staff members. Everybody knows their password, so its salt may be known too; that makes the
 * rows the same every time.
 */
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
