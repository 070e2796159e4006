import type { FastifyRequest } from 'fastify'
import { sql } from 'kysely'
import { isDatabaseAway } from '../../db/away.ts'
import { prepared } from '../../db/prepared.ts'
import { row } from '../../db/rows.ts'
import { temporaryFailureOf } from '../../db/unable.ts'
import { RETAILER } from '../../retailer/queries.ts'
import type { Retailer } from '../../retailer/retailer.ts'
import { type OpenSession, SignedIn, sessionOf, touch } from '../../staff/sessions.ts'
import type { Visit } from '../shared/access.ts'
import type { SessionCookie } from './session-cookie.ts'

/** Ignores that a session could not be extended. A database that is full, or read-only, can still say who asks. */
function passOver(error: unknown): void {
  if (isDatabaseAway(error) || !temporaryFailureOf(error)) throw error
}

/** Finds the session of a request's cookie and the retailer, in one query. Every request begins with it. */
export function visits({ tokenOf }: Pick<SessionCookie, 'tokenOf'>) {
  return async (request: FastifyRequest): Promise<Visit> => {
    const { em, now } = request
    const token = tokenOf(request)
    const found = await row(
      em,
      prepared(sql<{ retailer: Retailer | null; session: OpenSession | null }>`
      select (select to_json(retailer) from (${RETAILER}) retailer) as retailer,
        (select to_json(session) from (${sessionOf(token, now)}) session) as session
    `)
    )
    const { retailer = null, session = null } = found ?? {}
    if (token && session) await touch(em, token, session, now).catch(passOver)
    return { retailer, user: session && new SignedIn(session) }
  }
}
