import type { FastifyRequest } from 'fastify'
import { cameFrom } from './url.ts'

/** What somebody sent and nobody could take, to be sent again as it is. */
export interface GivenBack {
  action: string
  /** The page that it was typed on. */
  back: string
  fields: [name: string, value: string][]
  /** Typed again: no page shows them. */
  secrets: { name: string; label: string; autocomplete: string }[]
}

const LABELS: Record<string, string> = { password: 'Password', current: 'Current password' }

/** Fields that no page repeats. */
export const SECRETS = new Set(Object.keys(LABELS))

/** Null of what is no form, as an upload, or was not read. */
export function giveBack(request: FastifyRequest): GivenBack | null {
  const { body, method } = request
  if (method !== 'POST' || typeof body !== 'object' || body === null) return null
  const all = Object.entries(body).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, String(one)])
  )
  const isChange = all.some(([name]) => name === 'current')
  return {
    action: request.url,
    back: cameFrom(request) ?? '/',
    fields: all.filter(([name]) => !SECRETS.has(name)),
    secrets: all.flatMap(([name]) => {
      const label = LABELS[name]
      const autocomplete = isChange && name === 'password' ? 'new-password' : 'current-password'
      return label ? [{ name, label: isChange && name === 'password' ? 'New password' : label, autocomplete }] : []
    })
  }
}
