import { sql } from 'kysely'
import { type Config, StartError } from '../config.ts'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { liftDeadlines } from '../db/take-time.ts'
import { createAdmin } from './create.ts'
import { dropLinks, makeSetUp } from './links.ts'
import { passwordProblem } from './passwords.ts'
import { StaffMember } from './staff-member.ts'

/** The number of a lock. It is arbitrary, but the same for every process that starts. */
const FIRST_ADMIN_LOCK = 7_243_902

type Credentials = Pick<Config, 'ADMIN_EMAIL' | 'ADMIN_PASSWORD'>

/**
 * Prepares a database without staff: creates the admin that the environment names or, if it names none, returns the
 * token of a set-up link.
 */
export async function ensureFirstAdmin(em: Em, config: Credentials, now: Date): Promise<{ setUpToken: string } | null> {
  return em.transactional(async (inner) => {
    await liftDeadlines(inner)
    await rows(inner, sql`select pg_advisory_xact_lock(${FIRST_ADMIN_LOCK})`)
    if (await inner.count(StaffMember)) return null
    const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = config
    if (!email || !password) return { setUpToken: await makeSetUp(inner, now) }
    const problem = passwordProblem(password, [email])
    if (problem) throw new StartError(`ADMIN_PASSWORD is not accepted. ${problem}`)
    await dropLinks(inner, null)
    await createAdmin(inner, { name: 'Admin', email, password })
    return null
  })
}
