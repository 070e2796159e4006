import { unable } from '../unable.ts'

/** A job that was tried as often as it may be: the last error's message, or none if its processes died. */
export interface GivenUp {
  tries: number
  message: string | null
}

/** Why a job was given up, for the person who asked for it. */
export function whyGivenUp(error: unknown): string {
  const reason = unable(error)?.reason
  return reason ? `${reason} Nothing was changed.` : 'Something went wrong on our side, so nothing was changed.'
}

/** As whyGivenUp(), of a job that nobody was there to give up. */
export function whyLost({ tries, message }: GivenUp): string {
  if (message !== null) return whyGivenUp(new Error(message))
  return `This was interrupted ${tries} times, so Clientele gave up. Nothing was changed. Start it again later.`
}
