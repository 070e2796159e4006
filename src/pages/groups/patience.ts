import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
import { wantsFragment } from '../../web/view.ts'

/** How long a first look waits for what is quickly worked out, before it says that it is being worked out. */
const PATIENCE_MS = 250
const LOOK_EVERY_MS = 40
/** Of more, nothing is worked out in that time. */
const FEW_MEMBERS = 50_000

/** After how many seconds a page looks again by itself: while something is on its way, and while all is well. */
export const SOON = 2
export const WHILE_LOOKED_AT = 300

/** A page looks again by itself; without JavaScript not where that is left to whoever reads it. */
export interface Refresh {
  seconds: number
  byHand: boolean
}

/** A part that looks again by itself waits for nothing: it will look once more. */
export async function waitBriefly<Found>(
  request: FastifyRequest,
  members: number,
  look: () => Promise<Found | null>
): Promise<Found | null> {
  if (wantsFragment(request) || members > FEW_MEMBERS) return null
  let found: Found | null = null
  for (let waited = 0; !found && waited < PATIENCE_MS; waited += LOOK_EVERY_MS) {
    await sleep(LOOK_EVERY_MS)
    found = await look()
  }
  return found
}
