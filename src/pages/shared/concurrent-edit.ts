import { OptimisticLockError } from '@mikro-orm/core'
import type { FastifyReply } from 'fastify'

export type Answer = Promise<string | FastifyReply>

/** What the form of a row that several people may edit at once is shown with. */
export interface ConcurrentEdit<Form> {
  /** The version that the form was filled in for. Whatever is saved after it is noticed. */
  version: number
  /** The version that somebody else has saved since the form was opened; null if nobody has. */
  theirs: Form | null
}

/**
 * Saves a form, unless somebody else has saved the same row since it was opened: then both versions are shown. The form
 * keeps what was typed and now belongs to the new version, so saving it again overwrites theirs.
 */
export async function saveOrShowBoth(save: () => Answer, showBoth: () => Answer): Answer {
  try {
    return await save()
  } catch (error) {
    if (!(error instanceof OptimisticLockError)) throw error
    return showBoth()
  }
}
