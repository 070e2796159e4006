import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { loggedError } from '../lib/logged-error.ts'

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

const told = z.object({
  job: z.object({ id: z.string(), task_identifier: z.string(), attempts: z.number() }).optional().catch(undefined),
  error: z.unknown()
})

/** What the queue says of a job that went wrong. */
export function loggedJob(details: unknown) {
  const { job, error } = told.catch({ error: undefined }).parse(details)
  return { ...job, ...(error !== undefined && { error: loggedError(error) }) }
}
