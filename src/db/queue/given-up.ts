import { temporaryFailureOf } from '../unable.ts'

/** A job that failed as often as it may be tried: the message of its last error, or null if its processes died. */
export interface FailedJob {
  tries: number
  message: string | null
}

/** The sentence for the person who asked for a job that failed for the last time. */
export function whyGivenUp(error: unknown): string {
  const reason = temporaryFailureOf(error)?.reason
  return reason ? `${reason} Nothing was changed.` : 'Something went wrong on our side, so nothing was changed.'
}

/** The sentence for the person who asked for a job that was given up after the process that ran it had died. */
export function whyInterrupted({ tries, message }: FailedJob): string {
  if (message !== null) return whyGivenUp(new Error(message))
  return `This was interrupted ${tries} times, so Clientele gave up. Nothing was changed. Start it again later.`
}
