import { randomUUID } from 'node:crypto'
import { hash, verify } from 'argon2'
import { z } from 'zod'
import type { StaffMember } from './staff-member.ts'
import { inTurn } from './turns.ts'

const SHORTEST = 12
const LONGEST = 200

/** The number of different characters that must be left when everything easy to guess is removed. */
const FEWEST_OTHERS = 5

/**
 * The cost of argon2id, the library's default algorithm: the first of OWASP's recommended settings, with memory in KiB.
 */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

// Parts of the commonest long passwords. A word is listed before the words that it contains.
const COMMON_WORDS = `
  administrator christopher civilization construction cosmopolitan counterstrike entertainment finalfantasy greenlantern
  ingodwetrust intelligence international jamesbond justinbieber leavemealone michaeljackson minecraft mortalkombat
  needforspeed nightcrawler peanutbutter cheeseburger philadelphia playstation professional punksnotdead residentevil
  sanfrancisco satisfaction scandinavian sonyericsson supernatural ticketmaster transformers unbelievable websolutions
  password passw0rd p@ssw0rd p@ssword pa55word welcome letmein changeme iloveyou trustno1 default temporary secret testing
  clientele customer business retailer manager cashier counter admin guest login staff store shop till user root test
  princess sunshine butterfly chocolate football baseball basketball superman batman starwars pokemon naruto soccer hockey
  computer internet whatever freedom forever flower dragon monkey shadow master hunter killer cookie banana pepper ginger
  liverpool barcelona manchester arsenal chelsea america england germany australia california newyork london paris berlin
  january february march april june july august september october november december spring summer autumn winter
  monday tuesday wednesday thursday friday saturday sunday
  alexander elizabeth samantha michelle jennifer danielle charlotte victoria jessica michael charlie matthew andrew joshua
  daniel thomas robert ashley nicole jordan george maggie
  samsung google facebook windows microsoft apple android orange purple yellow black white green
  mother father sister brother family friend angel happy hello money love baby please nothing this that the
`
  .split(/\s+/)
  .filter(Boolean)

const WALKS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'qwertzuiop',
  'azertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol',
  'qazwsxedcrfvtgbyhnujmikolp',
  'q1w2e3r4t5y6u7i8o9p0',
  '1q2w3e4r5t6y7u8i9o0p'
].flatMap((walk) => [walk, [...walk].reverse().join('')])

/** Composes accents, because some keyboards type an accented letter as one character and others as two. */
const composed = (password: string) => password.normalize('NFC')

/** Hashes a password, with a random salt unless one is given. */
export async function hashPassword(password: string, salt?: Buffer): Promise<string> {
  return inTurn(() => hash(composed(password), { ...COST, ...(salt && { salt }) }))
}

const nobodysHash = hashPassword(randomUUID())

/**
 * Checks a person's password; tryPassword() calls it in turn. It takes equally long if there is no such person or they
 * have no password, so that the time reveals nothing.
 */
export async function isPasswordOf(person: StaffMember | null, password: string): Promise<boolean> {
  const isRight = await verify(person?.passwordHash ?? (await nobodysHash), composed(password))
  return isRight && Boolean(person?.passwordHash)
}

/** The schema of a new password. `known` are words that people know of the person. */
export function newPassword(known: string[]) {
  return z
    .string('Enter a password.')
    .default('')
    .superRefine((value, context) => {
      const problem = passwordProblem(value, known)
      if (problem) context.addIssue({ code: 'custom', message: problem })
    })
}

/**
 * A sentence that says why a password is refused; null if it is accepted. It must be long enough and not be guessable
 * from common or `known` words. There are no rules about kinds of characters.
 */
export function passwordProblem(password: string, known: string[]): string | null {
  if (password === '') return 'Enter a password.'
  const { length } = [...password]
  if (length < SHORTEST) return `The password must have at least ${SHORTEST} characters.`
  if (length > LONGEST) return `The password must have at most ${LONGEST} characters.`
  if (isPredictable(password, known)) return 'This password is easy to guess. Try four unrelated words.'
  return null
}

function isPredictable(password: string, known: string[]): boolean {
  let rest = password.toLowerCase()
  for (const word of [...known.flatMap(wordsOf), ...COMMON_WORDS]) rest = rest.replaceAll(word, '')
  const unrepeated = rest.replace(/(.)\1+/gu, '$1')
  return new Set(withoutWalks(unrepeated)).size < FEWEST_OTHERS
}

/** The words of a name or an e-mail: the whole and its parts. */
function wordsOf(text: string): string[] {
  const whole = text.toLowerCase()
  return [whole, ...whole.split(/[^\p{L}\p{N}]+/u)].filter((word) => word.length >= 3)
}

/** Removes runs of three or more characters that follow the alphabet, the digits or the keyboard. */
function withoutWalks(text: string): string {
  let rest = ''
  for (let at = 0; at < text.length; ) {
    let end = at
    while (end < text.length && WALKS.some((walk) => walk.includes(text.slice(at, end + 1)))) end++
    if (end - at < 3) rest += text.slice(at, Math.max(end, at + 1))
    at = Math.max(end, at + 1)
  }
  return rest
}
