import { NotFoundError } from '@mikro-orm/core'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ZodError } from 'zod'
import { isDatabaseAway } from '../db/away.ts'
import { isLockTimeout } from '../db/breaches.ts'
import type { Em } from '../db/orm.ts'
import { wantsFragment } from './view.ts'

/** An answer other than the page that was asked for, in words for the person who asked. */
export class Refusal extends Error {
  readonly statusCode: number
  constructor(statusCode: number, message: string) {
    super(message)
    this.statusCode = statusCode
  }
}

/** A rule of the domain that the request would break; nothing was changed. */
export class RuleError extends Refusal {
  constructor(message: string) {
    super(409, message)
  }
}

declare module './view.ts' {
  interface Views {
    error: { title: string; status: number; message: string; requestId: string }
  }
}

const TITLES: Record<number, string> = {
  400: 'That address is not quite right',
  403: 'Not allowed',
  404: 'Not found',
  409: 'That can’t be done',
  413: 'Too large',
  415: 'Not understood',
  422: 'Not accepted',
  429: 'Too many tries',
  503: 'Not ready'
}

const MESSAGES: Record<number, string> = {
  400: 'Something in the request is not valid. Go back and try again.',
  404: 'There is no such page, or it is gone.',
  413: 'What was sent is larger than Clientele accepts.',
  415: 'Clientele does not understand this kind of request.',
  503: 'The database can’t be reached. Nothing was changed; try again in a moment.'
}

const OUR_FAULT = 'Something went wrong on our side. Nothing you typed is lost: go back and try again.'

export function handleErrors(app: FastifyInstance, whyBusy: (em: Em) => Promise<string>): void {
  app.setErrorHandler<FastifyError>(async (error, request, reply) => {
    const status = statusOf(error)
    if (status >= 500) request.log.error({ err: error }, 'request failed')
    else request.log.info({ status, reason: error.message }, 'request refused')
    return answer(request, reply, status, await messageFor(error, request, status))
  })

  async function messageFor(error: FastifyError, request: FastifyRequest, status: number): Promise<string | undefined> {
    if (isLockTimeout(error)) return whyBusy(request.em.fork({ keepTransactionContext: false }))
    return error instanceof Refusal ? error.message : MESSAGES[status]
  }

  app.setNotFoundHandler(async (request, reply) => answer(request, reply, 404, MESSAGES[404]))
}

function statusOf(error: FastifyError): number {
  // An id or a cursor that doesn't parse names nothing.
  if (error instanceof NotFoundError) return 404
  if (error.validationContext === 'params') return 404
  if (error instanceof ZodError || error.validationContext) return 400
  if (isDatabaseAway(error)) return 503
  if (isLockTimeout(error)) return 409
  const { statusCode } = error
  return statusCode && statusCode >= 400 && statusCode < 600 ? statusCode : 500
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  message: string | undefined
): Promise<string> {
  const text = message ?? (status < 500 ? MESSAGES[400] : undefined) ?? OUR_FAULT
  reply.code(status)
  // Never a page inside a table cell: to a part of a page an error is a message at the top of it.
  if (wantsFragment(request)) reply.headers({ 'HX-Retarget': '#flash', 'HX-Reswap': 'innerHTML' })
  const title = TITLES[status] ?? 'Something went wrong'
  return reply.page('error', { title, status, message: text, requestId: request.id }, 'shared/_alert')
}
