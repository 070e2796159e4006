import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { ownPath } from '../web/fields.ts'
import { cameFrom } from '../web/url.ts'

/** What somebody sent when their session had ended: it goes through the sign-in in their browser, never in a URL or here. */
export interface KeptForm {
  /** Where it was sent. */
  action: string
  /** The page that it was typed on. */
  back: string | null
  fields: [name: string, value: string][]
}

const MOST_FIELDS = 2_000
const MOST_CHARACTERS = 100_000
/** These are typed again, by the same person. */
const SECRETS = new Set(['password', 'current'])

const kept = z.object({
  action: ownPath,
  back: ownPath.nullable().catch(null),
  fields: z.array(z.tuple([z.string(), z.string()])).max(MOST_FIELDS)
})

/** What can be kept of a form; null if that is nothing, or would not be whole. */
export function keepForm(request: FastifyRequest): KeptForm | null {
  const fields = Object.entries(request.body ?? {}).flatMap(([name, value]) =>
    [value].flat().map((one): [string, unknown] => [name, one])
  )
  if (fields.some(([name]) => SECRETS.has(name))) return null
  const parsed = kept.safeParse({ action: request.url, back: cameFrom(request), fields })
  if (!parsed.success || JSON.stringify(parsed.data).length > MOST_CHARACTERS) return null
  return parsed.data
}

/** As the sign-in form carries it. */
export function readKept(text: unknown): KeptForm | null {
  if (typeof text !== 'string' || text.length > MOST_CHARACTERS) return null
  try {
    return kept.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}
