import { isDatabaseAway } from '../db/away.ts'

/** A job that was tried as often as it may be: the last error's message, or none if its processes died. */
export interface GivenUp {
  tries: number
  message: string | null
}

/** Each begins a sentence that says that nothing was changed. */
const CAUSES: [code: string, message: RegExp, sentence: string][] = [
  ['53100', /No space left on device/, 'The database’s disk is full'],
  ['53200', /^out of memory$/, 'The database has not enough memory'],
  ['57014', /statement timeout/, 'The database took too long over this'],
  ['25006', /read-only transaction/, 'The database can only be read at present']
]

/** Why a job was given up, for the person who asked for it. */
export function whyGivenUp(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const message = error instanceof Error ? error.message : ''
  const known = CAUSES.find((cause) => cause[0] === code || cause[1].test(message))
  if (known) return `${known[2]}, so nothing was changed. Tell whoever looks after it, and try again when it is mended.`
  if (isDatabaseAway(error)) return 'The database could not be reached, so nothing was changed. Try again.'
  return 'Something went wrong on our side, so nothing was changed.'
}

/** As whyGivenUp(), of a job that nobody was there to give up. */
export function whyLost({ tries, message }: GivenUp): string {
  if (message !== null) return whyGivenUp(new Error(message))
  return `This was interrupted ${tries} times and is not tried again; nothing was changed. Begin it anew when Clientele runs quietly.`
}
