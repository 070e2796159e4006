import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { undoOperation } from '../../bulk/start.ts'
import type { Em } from '../../db/orm.ts'
import { findByName } from '../../groups/choices.ts'
import { type Debts, debtsOnUndoing } from '../../impact/debts.ts'
import { countErasable } from '../../imports/undo.ts'
import { RuleError } from '../../lib/errors.ts'
import { idParams, line, localPath, tick } from '../../lib/fields.ts'
import { withQuery } from '../../lib/url.ts'
import { nameTaken } from '../../operations/deleted-group.ts'
import { findOperation, type Operation } from '../../operations/operation.ts'
import { refuseUndoing } from '../../operations/rights.ts'
import { findSingleCustomer } from '../../operations/single-customer.ts'
import { backSentence, undoTitle, whatUndoDoes } from '../../operations/undo-sentences.ts'
import { refererPath } from '../../web/url.ts'
import type { App } from '../../web/validation.ts'
import { actorOf, signedIn } from '../shared/access.ts'
import { afterwards } from './show.ts'

declare module '../../web/view.ts' {
  interface Views {
    'operations/undo': {
      title: string
      active: 'groups'
      operation: Operation
      refusal: string | null
      /** What the undo would do, one sentence each. */
      lines: string[]
      /** How many customers the undo would delete for good. */
      erased: number
      /** The debts of those who would lose on-account sale by the undo. */
      debts: Debts | null
      asksForName: boolean
      name: string
      error: string | null
      /** The page to return to; null for that of the operation. */
      back: string | null
    }
  }
}

const typed = z.object({ name: line('The name', 80).catch(''), sure: tick, back: localPath })
/**
 * Staff may undo what was done to a single customer at the counter; refuseUndoing() decides. So these routes ask for no
 * higher role.
 */
const ask = { schema: { params: idParams, querystring: z.object({ back: localPath }) } } as const
const take = {
  schema: { params: idParams, body: typed.default({ name: '', sure: false, back: undefined }) }
} as const

interface Answer {
  back?: string | null | undefined
  name?: string
  error?: string | null
  refusal?: string
}

/** Undoes a bulk operation from any page. It is done at once, unless there is something to ask first. */
export async function undoRoutes(app: App) {
  app.get('/operations/:id/undo', ask, async (request, reply) => {
    const operation = await findUndoable(request, request.params.id)
    return undoPage(request, reply, operation, { back: request.query.back ?? forStaff(request, '/customers') })
  })

  app.post('/operations/:id/undo', take, async (request, reply) => {
    const { em, body } = request
    const { back } = body
    const operation = await findUndoable(request, request.params.id)
    const name = body.name || operation.groupName
    if (operation.undoneBy === null && (await isTaken(em, operation, name)))
      return undoPage(request, reply.code(409), operation, { back, name, error: body.name ? nameTaken(name) : null })
    if (!body.sure && (await needsConfirmation(request, operation)))
      return reply.seeOther(
        withQuery(`/operations/${operation.id}/undo`, { back: back ?? forStaff(request, pageOf(request)) })
      )
    try {
      const undone = await undoOperation(
        em,
        operation,
        actorOf(request),
        name === operation.groupName ? undefined : name
      )
      const only = await findSingleCustomer(em, operation)
      if (only)
        return reply.seeOther(back ?? pageOf(request) ?? `/customers/${only.id}`, backSentence(undone, only.name))
      return afterwards(
        reply,
        undone,
        back ?? (undone.undoneKind === 'delete-group' ? `/groups/${undone.groupId}` : null)
      )
    } catch (error) {
      if (!(error instanceof RuleError)) throw error
      const page = forStaff(request, back ?? pageOf(request) ?? '/customers')
      if (page) return reply.seeOther(page, { text: error.message, tone: 'error' })
      return undoPage(request, reply.code(409), operation, { back, name, refusal: error.message })
    }
  })
}

async function findUndoable(request: FastifyRequest, operationId: number): Promise<Operation> {
  const operation = await findOperation(request.em, operationId)
  await refuseUndoing(request.em, operation, signedIn(request))
  return operation
}

/** The page that staff return to, because they can't see that of the operation; null for managers and admins. */
function forStaff(request: FastifyRequest, page: string | null): string | null {
  return signedIn(request).may('manager') ? null : page
}

/** The page on which the Undo was pressed; null if it is that of an operation. */
function pageOf(request: FastifyRequest): string | null {
  const page = refererPath(request)
  return page?.startsWith('/operations/') ? null : page
}

/**
 * Whether the undo must be confirmed: it would delete customers, or take on-account sale from some who owe something.
 */
async function needsConfirmation({ em, now }: FastifyRequest, operation: Operation): Promise<boolean> {
  if (operation.whyNotUndone(now) !== null) return false
  return erases(operation) || (await debtsOnUndoing(em, operation)) !== null
}

function erases({ kind, created }: Operation): boolean {
  return kind === 'import' && created > 0
}

/** Whether the name of a deleted group now belongs to another group. */
async function isTaken(em: Em, { kind }: Operation, name: string): Promise<boolean> {
  return kind === 'delete-group' && (await findByName(em, name)) !== undefined
}

async function undoPage(request: FastifyRequest, reply: FastifyReply, operation: Operation, answer: Answer) {
  const { back = null, name = operation.groupName, error = null } = answer
  const refusal = answer.refusal ?? operation.whyNotUndone(request.now)
  const erased = refusal === null && erases(operation) ? await countErasable(request.em, operation) : 0
  const debts = refusal === null ? await debtsOnUndoing(request.em, operation) : null
  const asksForName = await isTaken(request.em, operation, operation.groupName)
  const lines = whatUndoDoes(operation, erased)
  const page = { operation, refusal, lines, erased, debts, asksForName, name, error, back }
  return reply.page('operations/undo', { title: undoTitle(operation), active: 'groups', ...page }, 'operations/_undo')
}
