import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { errorForLog } from '../lib/logged-error.ts'

/**
 * A request as the log keeps it: without anything that would let a reader of the log in, and without names, phone
 * numbers or e-mails.
 */
export function requestForLog({ method, url, host, ip }: FastifyRequest) {
  return { method, url: urlForLog(url), host, remoteAddress: ip }
}

/**
 * A URL without tokens and with only the names of its parameters. Searches are for names and phone numbers, and cursors
 * contain them too.
 */
export function urlForLog(url: string): string {
  const [path = '', ...query] = url.split('?')
  const names = query.join('?').split('&').filter(Boolean).map(nameOf)
  const shown = path.replace(/((?:link|set-up)(?:\/|%2f))[^/#&]+/gi, '$1…')
  return names.length ? `${shown}?${[...new Set(names)].join('&')}` : shown
}

/** A parameter without "=" is a value, which is not logged. */
function nameOf(parameter: string): string {
  const end = parameter.indexOf('=')
  return end < 0 ? '…' : `${parameter.slice(0, end)}=…`
}

const queueDetails = z.object({
  job: z.object({ id: z.string(), task_identifier: z.string(), attempts: z.number() }).optional().catch(undefined),
  error: z.unknown()
})

/** What the log keeps of the queue's details about a job that failed. */
export function jobForLog(details: unknown) {
  const { job, error } = queueDetails.catch({ error: undefined }).parse(details)
  return { ...job, ...(error !== undefined && { error: errorForLog(error) }) }
}
