import type { FastifyRequest } from 'fastify'
import { ownPath } from '../lib/fields.ts'
import { refererPath } from './url.ts'

/** A form that could not be processed, given back so that it can be sent again as it is. */
export interface ReturnedForm {
  action: string
  /** The address of the page on which the form was typed; null if it is not known. */
  back: string | null
  /** The name of the field that carries that address. */
  backName: string
  fields: [name: string, value: string][]
  /** Passwords, which must be typed again because no page shows them. */
  secrets: { name: string; label: string; autocomplete: string }[]
}

const LABELS: Record<string, string> = { password: 'Password', current: 'Current password' }

/** The names of fields whose values no page repeats. */
export const SECRETS = new Set(Object.keys(LABELS))

/** The field that carries the address of the form's page through the pages that give the form back. */
const BACK = 'given-back-to'

/** A form at one of these addresses sets a password. All others ask for the current one. */
const SETS_PASSWORD = /^\/(link|set-up)\//

/** The form of a request; null if it is not a form, as an upload, or was not read. */
export function returnForm(request: FastifyRequest): ReturnedForm | null {
  const { method, url } = request
  const body = request.sent ?? request.body
  if (method !== 'POST' || typeof body !== 'object' || body === null) return null
  const { [BACK]: back, ...typed } = body as Record<string, unknown>
  const all = Object.entries(typed).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, String(one)])
  )
  const isChange = all.some(([name]) => name === 'current')
  const isNew = isChange || SETS_PASSWORD.test(url)
  return {
    action: url,
    back: ownPath.safeParse(back).data ?? refererPath(request),
    backName: BACK,
    fields: all.filter(([name]) => !SECRETS.has(name)),
    secrets: all.flatMap(([name]) => {
      const label = LABELS[name]
      const autocomplete = isNew && name === 'password' ? 'new-password' : 'current-password'
      return label ? [{ name, label: isChange && name === 'password' ? 'New password' : label, autocomplete }] : []
    })
  }
}
