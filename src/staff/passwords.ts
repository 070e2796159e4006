import { randomUUID } from 'node:crypto'
import { hash, verify } from 'argon2'
import { z } from 'zod'
import type { StaffMember } from './staff-member.ts'
import { inTurn } from './turns.ts'

const SHORTEST = 12
const LONGEST = 200

/** So many different characters must be left when all that is easy to guess is taken away. */
const FEWEST_OTHERS = 5

/** argon2id, which is the library's default, with the first of OWASP's recommended settings (memory in KiB). */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

// What the commonest long passwords are made of; a word stands before those that it contains.
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

/** An accented letter is one character on one keyboard and two on another. */
const composed = (password: string) => password.normalize('NFC')

/** With a salt of its own, unless it is told one. */
export async function hashPassword(password: string, salt?: Buffer): Promise<string> {
  return inTurn(() => hash(composed(password), { ...COST, ...(salt && { salt }) }))
}

const nobodysHash = hashPassword(randomUUID())

/** To be asked in turn, by tryPassword(). Takes as long for nobody, and for a person without a password, as for one who has mistyped theirs. */
export async function isPasswordOf(person: StaffMember | null, password: string): Promise<boolean> {
  const isRight = await verify(person?.passwordHash ?? (await nobodysHash), composed(password))
  return isRight && Boolean(person?.passwordHash)
}

/** The password that a person chooses, who is `known` by these words. */
export function newPassword(known: string[]) {
  return z
    .string('Enter a password.')
    .default('')
    .superRefine((value, context) => {
      const problem = passwordProblem(value, known)
      if (problem) context.addIssue({ code: 'custom', message: problem })
    })
}

/** Why a password won't do, in a sentence, or null. No rules of composition: only length, and not to be guessed from `known` words. */
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

/** A name or an e-mail, whole and in its parts. */
function wordsOf(text: string): string[] {
  const whole = text.toLowerCase()
  return [whole, ...whole.split(/[^\p{L}\p{N}]+/u)].filter((word) => word.length >= 3)
}

/** Without what follows the alphabet, the digits or the keyboard for three characters or more. */
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
