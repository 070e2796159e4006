import { z } from 'zod'
import { mayTakeBack } from '../operations/rights.ts'
import { actorOf, signedIn } from '../web/access.ts'
import { RuleError } from '../web/errors.ts'
import { idParams, ids, localPath } from '../web/fields.ts'
import type { App } from '../web/validation.ts'
import { removeMembers } from './membership.ts'
import { findGroup } from './queries.ts'
import { refuseRemoving } from './rights.ts'
import { removedSentence } from './sentences.ts'

const left = z.object({ ids: ids.catch([]), back: localPath })
const remove = { schema: { params: idParams, body: left.default({ ids: [], back: undefined }) } } as const

const MOST = 25
const ASK_A_MANAGER = 'A manager can undo this in Activity.'

/** Remove from group, in a customer's quick settings. */
export async function removalRoutes(app: App) {
  app.post('/groups/:id/customers/removal', remove, async (request, reply) => {
    const group = await findGroup(request.em, request.params.id)
    const user = signedIn(request)
    await refuseRemoving(request.em, group, user)
    const { ids, back } = request.body
    if (ids.length > MOST) throw new RuleError(`Remove up to ${MOST} customers this way; Bulk Remove takes any number.`)
    const { removed, operationId } = await removeMembers(request.em, group, ids, actorOf(request))
    const text = await removedSentence(request.em, group, ids, removed)
    const canUndo = operationId !== null && mayTakeBack(group, user) && (removed === 1 || user.may('manager'))
    const flash = canUndo ? { text, undo: operationId } : removed === 1 ? `${text} ${ASK_A_MANAGER}` : text
    return reply.seeOther(back ?? `/groups/${group.id}/customers`, flash)
  })
}
