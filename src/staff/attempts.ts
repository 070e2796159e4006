import { CompiledQuery, sql } from 'kysely'
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { RetryLater } from '../lib/errors.ts'
import { isPasswordOf } from './passwords.ts'
import type { StaffMember } from './staff-member.ts'
import { inTurn, isCrowded } from './turns.ts'

/** Failed tries of an account that cost no wait. Later ones allow about 100 guesses a day, and nobody is locked out. */
const FREE_TRIES = 4

/** Accounts that may fail from one IP address, perhaps a whole shop's, before it has to wait. */
const FREE_ACCOUNTS = 20

const FIRST_WAIT_SECONDS = 15
const LONGEST_WAIT_SECONDS = { account: 15 * 60, address: 60 }
const REMEMBERED_SECONDS = 24 * 60 * 60

/** Whose password is tried, and from which IP address; the address is null for a known browser. */
export interface Trier {
  account: string
  address: string | null
}

/** The answer to a try that comes too soon. */
export interface Wait {
  seconds: number
  sentence: string
}

const CROWDED: Wait = {
  seconds: 5,
  sentence: 'Too many people are signing in right now. Wait 5 seconds, then try again.'
}

/**
 * Checks a password, or says how long to wait. Tries are checked one by one, so that each knows of the failures before
 * it and many at once gain nothing.
 */
export async function tryPassword(
  em: Em,
  trier: Trier,
  person: StaffMember | null,
  password: string
): Promise<boolean | Wait> {
  // A known browser needn't wait for a crowd of strangers.
  const isKnown = trier.address === null
  if (isCrowded() && !isKnown) return CROWDED
  return inTurn(async () => {
    const wait = await claimTry(em, trier)
    if (wait) return wait
    const isRight = await isPasswordOf(person, password)
    await (isRight ? forgetFailures(em, trier) : noteFailure(em, trier))
    return isRight
  }, isKnown).catch(comeAgain)
}

/** The wait of a try whose turn has not come in time. Other errors are thrown again. */
function comeAgain(error: unknown): Wait {
  if (!(error instanceof RetryLater)) throw error
  return { seconds: error.seconds, sentence: `${error.reason} Wait ${error.seconds} seconds, then try again.` }
}

/** Counts a try before it is checked, because there may be other processes. Returns null if the try may go on. */
async function claimTry(em: Em, { account, address }: Trier): Promise<Wait | null> {
  const { failures } = limiters(em)
  if (address) {
    const failed = await failures.get(address)
    const seconds = await claimTurn(em, 'address', address, (failed?.consumedPoints ?? 0) - FREE_ACCOUNTS)
    if (seconds > 0) return waiting('from this network', seconds)
  }
  const { consumedPoints } = await failures.penalty(account)
  const seconds = await claimTurn(em, 'account', account, consumedPoints - FREE_TRIES)
  if (seconds === 0) return null
  await failures.reward(account)
  return waiting('for this account', seconds)
}

/** Counts a failure against the address, once for each account. It was already counted against the account. */
async function noteFailure(em: Em, { account, address }: Trier): Promise<void> {
  if (!address) return
  const { failures } = limiters(em)
  const { consumedPoints } = await failures.penalty(`${address} ${account}`)
  if (consumedPoints === 1) await failures.penalty(address)
}

/** Forgets the failures of a person who signed in after all, which must not count against colleagues at the address. */
async function forgetFailures(em: Em, { account, address }: Trier): Promise<void> {
  const { failures, turns } = limiters(em)
  await failures.delete(account)
  await turns.delete(account)
  if (address && (await failures.delete(`${address} ${account}`))) await failures.reward(address)
  await rows(em, sql`delete from sign_in_attempt where expire < ${Date.now()}`)
}

/** Claims a try beyond the free ones, for which the wait doubles each time. Returns the seconds to wait; 0 for none. */
async function claimTurn(em: Em, of: keyof typeof LONGEST_WAIT_SECONDS, key: string, excess: number): Promise<number> {
  if (excess <= 0) return 0
  const customDuration = Math.min(FIRST_WAIT_SECONDS * 2 ** (excess - 1), LONGEST_WAIT_SECONDS[of])
  try {
    await limiters(em).turns.consume(key, 1, { customDuration })
    return 0
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal
    return Math.max(1, Math.ceil(refusal.msBeforeNext / 1000))
  }
}

function waiting(subject: string, seconds: number): Wait {
  const [count, unit] = seconds < 60 ? [seconds, 'second'] : [Math.ceil(seconds / 60), 'minute']
  const time = count === 1 ? `1 ${unit}` : `${count} ${unit}s`
  return { seconds, sentence: `Too many tries ${subject}. Wait ${time}, then try again.` }
}

function limiters(em: Em) {
  const store = {
    storeClient: clientOf(em),
    storeType: 'client',
    tableName: 'sign_in_attempt',
    tableCreated: true,
    clearExpiredByTimeout: false
  }
  return {
    failures: new RateLimiterPostgres({ ...store, keyPrefix: 'failures', points: 1, duration: REMEMBERED_SECONDS }),
    turns: new RateLimiterPostgres({ ...store, keyPrefix: 'turn', points: 1, duration: FIRST_WAIT_SECONDS })
  }
}

/** Presents em as the part of pg's client that the limiters use. */
function clientOf(em: Em) {
  return {
    async query({ text, values }: { text: string; values: unknown[] }) {
      const result = await em.getKysely().executeQuery(CompiledQuery.raw(text, values))
      return { rows: result.rows, rowCount: Number(result.numAffectedRows ?? result.rows.length) }
    }
  }
}
