import { STATUS_CODES } from 'node:http'
import { NotFoundError } from '@mikro-orm/core'
import type { FastifyError, FastifyReply } from 'fastify'
import { ZodError } from 'zod'
import { isDeadlock, isLockTimeout } from '../db/breaches.ts'
import { temporaryFailureOf } from '../db/unable.ts'
import { Refusal, RetryLater } from '../lib/errors.ts'
import type { App } from '../web/validation.ts'
import { type FieldProblem, fieldProblems } from './field-problems.ts'

/** A request that can't be met, as programs are told: `code` is what they act on, the sentence is for people. */
export class Problem extends Refusal {
  readonly code: string
  /** Further members of the answer. */
  readonly more: Record<string, unknown>
  constructor(status: number, code: string, detail: string, more: Record<string, unknown> = {}) {
    super(status, detail)
    this.code = code
    this.more = more
  }
}

/** The answer's body, as RFC 9457 has it. */
export interface ProblemBody {
  type: string
  title: string
  status: number
  code: string
  detail: string
  errors?: FieldProblem[]
  [more: string]: unknown
}

/** What goes wrong where nobody said which code it has. */
const USUAL: Record<number, [code: string, detail: string]> = {
  400: ['invalid', 'Part of the request isn’t valid.'],
  401: ['key-needed', 'This address needs a key.'],
  403: ['not-allowed', 'This key may not do that.'],
  404: ['not-found', 'There is nothing at this address.'],
  405: ['method-not-allowed', 'This address does not take this method.'],
  409: ['conflict', 'This can’t be done as things are now.'],
  413: ['too-large', 'This is too large to send.'],
  415: ['not-understood', 'Send JSON, with the content type application/json.'],
  429: ['too-many-requests', 'This key asks too often. Try again in a moment.'],
  500: ['our-fault', 'Something went wrong on our side. Send the same again later.'],
  503: ['try-again', 'This can’t be done right now. Send the same again in a moment.']
}

const BUSY = new RetryLater('Someone else is changing this right now. Send the same again in a moment.', 1)

/** Every error is a problem in JSON; never a page, never a stack. */
export function answerProblems(app: App): void {
  app.setErrorHandler<FastifyError>(async (error, request, reply) => {
    const status = statusOf(error)
    if (status >= 500) request.log.error({ err: error }, 'request failed')
    const later = retryOf(error)
    if (later) reply.header('retry-after', later.seconds)
    return problem(reply, problemOf(error))
  })
  app.setNotFoundHandler(async (_request, reply) => problem(reply, bodyOf(404)))
}

export function problem(reply: FastifyReply, body: ProblemBody) {
  reply.code(body.status).header('cache-control', 'no-store').header('content-language', 'en')
  return reply.type('application/problem+json').send(JSON.stringify(body))
}

function bodyOf(status: number, code?: string, detail?: string): ProblemBody {
  const [usualCode, usualDetail] = USUAL[status] ?? USUAL[status < 500 ? 400 : 500] ?? ['invalid', '']
  const title = STATUS_CODES[status] ?? 'Error'
  return { type: 'about:blank', title, status, code: code ?? usualCode, detail: detail ?? usualDetail }
}

/** What a request that failed is answered; also one of several in a batch. */
export function problemOf(error: unknown): ProblemBody {
  const status = statusOf(error)
  if (error instanceof Problem) return { ...bodyOf(status, error.code, error.message), ...error.more }
  if (error instanceof ZodError) {
    const errors = fieldProblems(error)
    return { ...bodyOf(status, undefined, errors[0]?.detail), errors }
  }
  const later = retryOf(error)
  if (later) return bodyOf(status, 'try-again', later.reason)
  if (isBrokenJson(error)) return bodyOf(status, 'not-json', 'The body is no JSON that can be read.')
  return bodyOf(status, undefined, error instanceof Refusal ? error.message : undefined)
}

const isBrokenJson = (error: unknown) =>
  error instanceof SyntaxError ||
  (error instanceof Error && 'code' in error && error.code === 'FST_ERR_CTP_INVALID_JSON_BODY')

function statusOf(error: unknown): number {
  if (retryOf(error)) return 503
  if (error instanceof NotFoundError) return 404
  if (error instanceof ZodError) return 'validationContext' in error && error.validationContext === 'params' ? 404 : 400
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
  return status >= 400 && status < 600 ? status : 500
}

function retryOf(error: unknown): { reason: string; seconds: number } | null {
  if (error instanceof RetryLater) return error
  if (isLockTimeout(error) || isDeadlock(error)) return BUSY
  return temporaryFailureOf(error)
}
