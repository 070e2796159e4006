import { NotFoundError } from '@mikro-orm/core'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ZodError } from 'zod'
import { isDeadlock, isLockTimeout } from '../db/breaches.ts'
import type { Em } from '../db/orm.ts'
import { temporaryFailureOf } from '../db/unable.ts'
import { Refusal, RetryLater } from '../lib/errors.ts'
import type { TemporaryFailure } from '../lib/unable.ts'
import { type ReturnedForm, returnForm } from './given-back.ts'
import { wantsFragment } from './view.ts'

declare module './view.ts' {
  interface Views {
    error: { title: string; status: number; message: string; requestId: string; retry: number | null }
    again: { title: string; active: null; message: string; requestId: string; given: ReturnedForm }
  }
}

const TITLES: Record<number, string> = {
  400: 'That didn’t work',
  403: 'Not allowed',
  404: 'Not found',
  409: 'That can’t be done',
  413: 'Too large',
  415: 'Not understood',
  422: 'Not accepted',
  429: 'Too many tries',
  503: 'Not available right now'
}

const MESSAGES: Record<number, string> = {
  400: 'Part of the address or the form isn’t valid. Go back and try again.',
  404: 'This page does not exist, or what it showed was deleted.',
  413: 'This is too large to send. Make it smaller, then try again.',
  415: 'Clientele does not understand this kind of request.'
}

const BUSY = 'Someone else is changing this right now, so nothing was saved. Try again in a moment.'
const OUR_FAULT = 'Something went wrong on our side. Nothing you typed is lost: go back and try again.'

export function handleErrors(app: FastifyInstance, whyBusy: (em: Em) => Promise<string>): void {
  app.setErrorHandler<FastifyError>(async (error, request, reply) => {
    const reason = error instanceof RetryLater ? error : temporaryFailureOf(error)
    const status = reason ? 503 : statusOf(error)
    if (status >= 500) request.log.error({ err: error }, 'request failed')
    else request.log.info({ status, reason: reasonOf(error) }, 'request refused')
    if (reason) return answerRetryLater(request, reply, reason)
    return answerError(request, reply, status, await messageFor(error, request, status))
  })

  async function messageFor(error: FastifyError, request: FastifyRequest, status: number): Promise<string | undefined> {
    if (isHeld(error)) return whyBusy(request.em.fork({ keepTransactionContext: false })).catch(() => BUSY)
    return error instanceof Refusal ? error.message : MESSAGES[status]
  }

  app.setNotFoundHandler(async (request, reply) => answerError(request, reply, 404, MESSAGES[404]))
}

/** True if somebody else has locked what the request would change. */
const isHeld = (error: unknown) => isLockTimeout(error) || isDeadlock(error)

function statusOf(error: FastifyError): number {
  // An id or a cursor that can't be parsed names nothing.
  if (error instanceof NotFoundError) return 404
  if (error.validationContext === 'params') return 404
  if (error instanceof ZodError || error.validationContext) return 400
  if (isHeld(error)) return 409
  const { statusCode } = error
  return statusCode && statusCode >= 400 && statusCode < 600 ? statusCode : 500
}

/** The reason for the log. The sentence that people see is not logged, because it may name a customer. */
function reasonOf(error: FastifyError): string {
  return error.code ?? error.constructor.name
}

async function answerRetryLater(
  request: FastifyRequest,
  reply: FastifyReply,
  { reason, seconds }: TemporaryFailure
): Promise<string> {
  reply.header('retry-after', seconds)
  const isPart = wantsFragment(request)
  if (request.method === 'GET') {
    // A part of a page, or a page that Back restores, gets no header that would make it reload.
    const stands = isPart || 'hx-request' in request.headers || 'hx-history-restore-request' in request.headers
    const next = stands ? 'Try again in a moment.' : 'This page tries again by itself.'
    return answerError(request, reply, 503, `${reason} ${next}`, stands ? null : seconds)
  }
  const given = returnForm(request)
  if (!given)
    return answerError(request, reply, 503, `${reason} Nothing was saved. Go back and send it again in a moment.`)
  const message = `${reason} Nothing you typed is lost: send it again in a moment.`
  // What was typed is still on the page around this part.
  if (isPart) return answerError(request, reply, 503, message)
  const title = 'Send it again'
  return reply.code(503).page('again', { title, active: null, message, requestId: request.id, given })
}

async function answerError(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  message: string | undefined,
  retry: number | null = null
): Promise<string> {
  const text = message ?? (status < 500 ? MESSAGES[400] : undefined) ?? OUR_FAULT
  reply.code(status)
  // An error in answer to a request for a part of a page is a message at the top of that page, never a page within a
  // table cell.
  if (wantsFragment(request)) reply.headers({ 'HX-Retarget': '#flash', 'HX-Reswap': 'innerHTML' })
  const title = TITLES[status] ?? 'Something went wrong'
  return reply.page('error', { title, status, message: text, requestId: request.id, retry }, 'shared/_alert')
}
