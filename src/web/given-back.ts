import type { FastifyRequest } from 'fastify'
import { ownPath } from '../lib/fields.ts'
import { cameFrom } from './url.ts'

/** What somebody sent and nobody could take, to be sent again as it is. */
export interface GivenBack {
  action: string
  /** The page that it was typed on. */
  back: string | null
  /** The field that carries it. */
  backName: string
  fields: [name: string, value: string][]
  /** Typed again: no page shows them. */
  secrets: { name: string; label: string; autocomplete: string }[]
}

const LABELS: Record<string, string> = { password: 'Password', current: 'Current password' }

/** Fields that no page repeats. */
export const SECRETS = new Set(Object.keys(LABELS))

/** Carries the page that a form was typed on through the pages that give it back. */
const BACK = 'given-back-to'

/** These set a password; elsewhere one is asked for. */
const SETS_PASSWORD = /^\/(link|set-up)\//

/** Null of what is no form, as an upload, or was not read. */
export function giveBack(request: FastifyRequest): GivenBack | null {
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
    back: ownPath.safeParse(back).data ?? cameFrom(request),
    backName: BACK,
    fields: all.filter(([name]) => !SECRETS.has(name)),
    secrets: all.flatMap(([name]) => {
      const label = LABELS[name]
      const autocomplete = isNew && name === 'password' ? 'new-password' : 'current-password'
      return label ? [{ name, label: isChange && name === 'password' ? 'New password' : label, autocomplete }] : []
    })
  }
}
