import type { TemporaryFailure } from '../lib/unable.ts'
import { isDatabaseAway } from './away.ts'

const AWAY: TemporaryFailure = { reason: 'The database can’t be reached.', seconds: 5 }

/**
 * The reasons by PostgreSQL's error codes, and by its words for errors of which only the message is known, such as that
 * of a job that failed in another process.
 */
const REASONS: [codes: RegExp, words: RegExp, unable: TemporaryFailure][] = [
  [
    /^53100$/,
    /No space left on device/,
    { reason: 'The database’s disk is full. Whoever looks after the server needs to make room.', seconds: 30 }
  ],
  [/^53[24]00$/, /^out of memory$/, { reason: 'The database has too much to do right now.', seconds: 10 }],
  // A statement that took too long, or a transaction that was idle for too long.
  [
    /^(57014|25P0[34])$/,
    /due to statement timeout/,
    { reason: 'The database took too long, so this was stopped.', seconds: 10 }
  ],
  [
    /^25006$/,
    /in a read-only transaction/,
    { reason: 'Nothing can be saved right now: the database can only be read.', seconds: 10 }
  ]
]

export function temporaryFailureOf(error: unknown): TemporaryFailure | null {
  if (isDatabaseAway(error)) return AWAY
  if (!(error instanceof Error)) return null
  const code = 'code' in error ? String(error.code) : null
  const known = REASONS.find(([codes, words]) => (code === null ? words.test(error.message) : codes.test(code)))
  return known?.[2] ?? temporaryFailureOf(error.cause)
}
