import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
import { wantsFragment } from '../../web/view.ts'

/** How long a page waits for a result that takes little time, before it says that the result is on its way. */
const PATIENCE_MS = 250
const LOOK_EVERY_MS = 40
/** For more members than this, no result is ready in that time. */
const FEW_MEMBERS = 50_000

/**
 * The number of seconds after which a page reloads its figures by itself: while a result is on its way, and otherwise.
 */
export const SOON = 2
export const WHILE_LOOKED_AT = 300

/** How a page reloads its figures. If `byHand` is true, a browser without JavaScript leaves that to the user. */
export interface Refresh {
  seconds: number
  byHand: boolean
}

/**
 * Waits a moment for a result. A request for a part of a page does not wait, because it will be repeated; null is
 * returned then.
 */
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
