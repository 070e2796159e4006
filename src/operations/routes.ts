import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Em } from '../db/orm.ts'
import { findByName } from '../groups/choices.ts'
import { Group } from '../groups/group.ts'
import { findImportId } from '../imports/file-import.ts'
import { actorOf } from '../web/access.ts'
import { RuleError } from '../web/errors.ts'
import { idParams, line } from '../web/fields.ts'
import type { App } from '../web/validation.ts'
import { nameTaken } from './deleted-group.ts'
import { cancel, findOperation, isOpen, type Operation, whyNotUndone } from './operation.ts'
import { resultSentence, whatItDoes } from './sentences.ts'
import { undo } from './start.ts'

interface Shared {
  title: string
  active: 'groups'
  operation: Operation
}

declare module '../web/view.ts' {
  interface Views {
    'operations/show': Shared & {
      result: string | null
      /** Why it can't be undone; null if it can. */
      refusal: string | null
      isGroupThere: boolean
      /** The file that it brought in, or took back. */
      importId: number | null
      refresh: { seconds: number; href: string } | null
    }
    'operations/undo': Shared & { refusal: string | null; asksForName: boolean; name: string; error: string | null }
  }
}

const config = { role: 'manager' as const }
const show = { config, schema: { params: idParams } } as const
const typed = z.object({ name: line('The name', 80).catch('') }).default({ name: '' })
const take = { config, schema: { params: idParams, body: typed } } as const

/** How far a bulk operation is, what came of it, and the way back. */
export async function operationRoutes(app: App) {
  app.get('/operations/:id', show, async (request, reply) => {
    const { em } = request
    const operation = await findOperation(em, request.params.id)
    const isOver = !isOpen(operation)
    const page = {
      ...titled(operation),
      result: isOver ? resultOf(operation) : null,
      refusal: whyNotUndone(operation, request.now),
      isGroupThere: (await em.count(Group, { id: operation.groupId })) > 0,
      importId: await findImportId(em, operation.undoes ?? operation.id),
      refresh: isOver ? null : { seconds: 1, href: `/operations/${operation.id}` }
    }
    return reply.page('operations/show', page, 'operations/_show')
  })

  app.post('/operations/:id/cancel', show, async (request, reply) => {
    const operation = await findOperation(request.em, request.params.id)
    if (isOpen(operation)) await cancel(request.em, operation.id)
    return reply.seeOther(`/operations/${operation.id}`)
  })

  app.get('/operations/:id/undo', show, async (request, reply) => {
    const operation = await findOperation(request.em, request.params.id)
    return undoPage(request, reply, operation)
  })

  app.post('/operations/:id/undo', take, async (request, reply) => {
    const { em, body } = request
    const operation = await findOperation(em, request.params.id)
    const name = body.name || operation.groupName
    if (operation.undoneBy === null && (await isTaken(em, operation, name))) {
      return undoPage(request, reply.code(409), operation, { name, error: body.name ? nameTaken(name) : null })
    }
    try {
      const undone = await undo(em, operation, actorOf(request), name === operation.groupName ? undefined : name)
      return afterwards(reply, undone, undone.undoneKind === 'delete-group' ? `/groups/${undone.groupId}` : null)
    } catch (error) {
      if (!(error instanceof RuleError)) throw error
      return undoPage(request, reply.code(409), operation, { name, refusal: error.message })
    }
  })
}

/** On to the list it was about, with the result and its Undo; or to its progress. */
export function afterwards(reply: FastifyReply, operation: Operation, path: string | null = null): FastifyReply {
  if (operation.state !== 'done') return reply.seeOther(`/operations/${operation.id}`)
  const canUndo = reply.request.user?.may('manager') && whyNotUndone(operation, reply.request.now) === null
  return reply.seeOther(path ?? `/groups/${operation.groupId}/customers`, {
    text: resultSentence(operation),
    ...(canUndo && { undo: operation.id })
  })
}

function resultOf(operation: Operation): string {
  if (operation.state === 'cancelled') return 'Cancelled: nothing was changed.'
  return operation.state === 'failed' ? (operation.failure ?? 'Nothing was changed.') : resultSentence(operation)
}

function titled(operation: Operation): Shared {
  return { title: whatItDoes(operation), active: 'groups', operation }
}

/** A deleted group's name may be somebody else's by now. */
async function isTaken(em: Em, { kind }: Operation, name: string): Promise<boolean> {
  return kind === 'delete-group' && (await findByName(em, name)) !== undefined
}

async function undoPage(
  request: FastifyRequest,
  reply: FastifyReply,
  operation: Operation,
  answer: { name?: string; error?: string | null; refusal?: string } = {}
) {
  const name = answer.name ?? operation.groupName
  const page = {
    ...titled(operation),
    refusal: answer.refusal ?? whyNotUndone(operation, request.now),
    asksForName: await isTaken(request.em, operation, operation.groupName),
    name,
    error: answer.error ?? null
  }
  return reply.page('operations/undo', page, 'operations/_undo')
}
