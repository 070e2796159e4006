import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { ownPath } from '../../lib/fields.ts'
import { MOST_FIELDS } from '../../web/bodies.ts'
import { SECRETS } from '../../web/given-back.ts'
import { refererPath } from '../../web/url.ts'

/** What somebody sent when their session had ended: it goes through the sign-in in their browser, never in a URL or here. */
export interface KeptForm {
  /** Where it was sent. */
  action: string
  /** The page that it was typed on. */
  back: string | null
  fields: [name: string, value: string][]
}

/** As it is sent with the sign-in: with room for its other fields, and far more than anybody types. */
const MOST_BYTES = 48 * 1024

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
  const parsed = kept.safeParse({ action: request.url, back: refererPath(request), fields })
  return parsed.success && fits(JSON.stringify(parsed.data)) ? parsed.data : null
}

/** As the sign-in form carries it. */
export function readKept(text: unknown): KeptForm | null {
  if (typeof text !== 'string' || !fits(text)) return null
  try {
    return kept.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

function fits(kept: string): boolean {
  return new URLSearchParams({ kept }).toString().length <= MOST_BYTES
}
