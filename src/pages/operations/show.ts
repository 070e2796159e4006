import type { FastifyReply } from 'fastify'
import { NO_GROUP } from '../../db/fixed.ts'
import { Group } from '../../groups/group.ts'
import { findImportId } from '../../imports/queries.ts'
import { idParams } from '../../lib/fields.ts'
import { type Fact, factsOf } from '../../operations/facts.ts'
import { cancel } from '../../operations/open-operations.ts'
import { findOperation, type Operation } from '../../operations/operation.ts'
import { resultSentence } from '../../operations/sentences.ts'
import { whatItDoes } from '../../operations/what-it-does.ts'
import type { App } from '../../web/validation.ts'

declare module '../../web/view.ts' {
  interface Views {
    'operations/show': {
      title: string
      active: 'groups'
      operation: Operation
      result: string | null
      facts: Fact[]
      /** Why it can't be undone; null if it can. */
      refusal: string | null
      isGroupThere: boolean
      /** The id of the import that the operation carried out, or undid. */
      importId: number | null
      refresh: { seconds: number; href: string } | null
    }
  }
}

const config = { role: 'manager' as const }
const show = { config, schema: { params: idParams } } as const

/** The progress of a bulk operation, and its result. */
export async function operationRoutes(app: App) {
  app.get('/operations/:id', show, async (request, reply) => {
    const { em } = request
    const operation = await findOperation(em, request.params.id)
    const isOver = !operation.isOpen
    const page = {
      title: whatItDoes(operation),
      active: 'groups' as const,
      operation,
      result: isOver ? resultOf(operation) : null,
      facts: operation.state === 'done' ? factsOf(operation) : [],
      refusal: operation.whyNotUndone(request.now),
      isGroupThere: (await em.count(Group, { id: operation.groupId })) > 0,
      importId: await findImportId(em, operation.undoes ?? operation.id),
      refresh: isOver ? null : { seconds: 1, href: `/operations/${operation.id}` }
    }
    return reply.page('operations/show', page, 'operations/_show')
  })

  app.post('/operations/:id/cancel', show, async (request, reply) => {
    const operation = await findOperation(request.em, request.params.id)
    if (operation.isOpen) await cancel(request.em, operation.id)
    return reply.seeOther(`/operations/${operation.id}`)
  })
}

/** Sends the user on after an operation: to the list it was about, with the result and an Undo, or to its progress. */
export function afterwards(reply: FastifyReply, operation: Operation, path: string | null = null): FastifyReply {
  if (operation.state !== 'done') return reply.seeOther(`/operations/${operation.id}`)
  const canUndo = reply.request.user?.may('manager') && operation.whyNotUndone(reply.request.now) === null
  const list = operation.groupId === NO_GROUP ? '/customers' : `/groups/${operation.groupId}/customers`
  return reply.seeOther(path ?? list, {
    text: resultSentence(operation),
    ...(canUndo && { undo: operation.id })
  })
}

function resultOf(operation: Operation): string {
  if (operation.state === 'cancelled') return 'Cancelled: nothing was changed.'
  return operation.state === 'failed' ? (operation.failure ?? 'Nothing was changed.') : resultSentence(operation)
}
