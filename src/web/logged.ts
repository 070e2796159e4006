import type { FastifyRequest } from 'fastify'
import { z } from 'zod'

/** What the log keeps of a request: nothing that lets its reader in, and nobody's name, phone or e-mail. */
export function loggedRequest({ method, url, host, ip }: FastifyRequest) {
  return { method, url: loggedUrl(url), host, remoteAddress: ip }
}

/** The path without tokens, and the names of the parameters: people search by names and phones, and places in lists hold them too. */
export function loggedUrl(url: string): string {
  const [path = '', ...query] = url.split('?')
  const names = query.join('?').split('&').filter(Boolean).map(nameOf)
  const shown = path.replace(/((?:link|set-up)(?:\/|%2f))[^/#&]+/gi, '$1…')
  return names.length ? `${shown}?${[...new Set(names)].join('&')}` : shown
}

/** What has no name is a value. */
function nameOf(parameter: string): string {
  const end = parameter.indexOf('=')
  return end < 0 ? '…' : `${parameter.slice(0, end)}=…`
}

interface LoggedError {
  [detail: string]: unknown
  type: string
  message: string
  stack: string
}

/** What the log keeps of an error. PostgreSQL's tell the row that they are about, in more than one place. */
export function loggedError(error: unknown): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: 'Something that is no error', stack: '' }
  const { code, constraint } = { code: undefined, constraint: undefined, ...error }
  const message = withoutValues(error.message, code)
  const lines = (error.stack ?? '').split('\n').filter((line) => /^\s*at /.test(line))
  const cause = error.cause === undefined ? {} : { cause: loggedError(error.cause) }
  return { type: error.name, message, stack: [message, ...lines].join('\n'), code, constraint, ...cause }
}

const told = z.object({
  job: z.object({ id: z.string(), task_identifier: z.string(), attempts: z.number() }).optional().catch(undefined),
  error: z.unknown()
})

/** What the queue says of a job that went wrong. */
export function loggedJob(details: unknown) {
  const { job, error } = told.catch({ error: undefined }).parse(details)
  return { ...job, ...(error !== undefined && { error: loggedError(error) }) }
}

/** MikroORM adds PostgreSQL's details as further lines; errors of class 22, of bad values, quote them in the first. */
function withoutValues(message: string, code: unknown): string {
  const told = message.split('\n - detail:')[0] ?? ''
  return /^22...$/.test(String(code)) ? told.replace(/".*"/s, '"…"') : told
}
