import { OptimisticLockError } from '@mikro-orm/core'
import type { FastifyReply } from 'fastify'

export type Answer = Promise<string | FastifyReply>

/** What a form of a row that several people may edit at once is shown with. */
export interface ConcurrentEdit<Form> {
  /** That the form was filled in for: what somebody saves after it is noticed. */
  version: number
  /** Somebody else's version, saved since the form was opened. */
  theirs: Form | null
}

/**
 * Saves a form, unless somebody else has saved the same row since it was opened: then both versions are shown. What was
 * typed stays in the form, which is one of the new version now, so that saving it again is saving it over theirs.
 */
export async function saveOrShowBoth(save: () => Answer, showBoth: () => Answer): Answer {
  try {
    return await save()
  } catch (error) {
    if (!(error instanceof OptimisticLockError)) throw error
    return showBoth()
  }
}
