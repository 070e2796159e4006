import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { ownPath } from '../../lib/fields.ts'
import { MOST_FIELDS } from '../../web/bodies.ts'
import { SECRETS } from '../../web/given-back.ts'
import { refererPath } from '../../web/url.ts'

/**
 * A form that somebody sent after their session had ended. It stays in their browser during the sign-in, and is kept
 * neither in a URL nor on the server.
 */
export interface KeptForm {
  /** The address that the form was sent to. */
  action: string
  /** The page that the form was on. */
  back: string | null
  fields: [name: string, value: string][]
}

/**
 * The largest size of a kept form as it is sent with the sign-in. It leaves room for the other fields, and is far more
 * than anybody types.
 */
const MOST_BYTES = 48 * 1024

const kept = z.object({
  action: ownPath,
  back: ownPath.nullable().catch(null),
  fields: z.array(z.tuple([z.string(), z.string()])).max(MOST_FIELDS)
})

/** The form to keep; null if it has a secret, or could not be kept completely. */
export function keepForm(request: FastifyRequest): KeptForm | null {
  const fields = Object.entries(request.body ?? {}).flatMap(([name, value]) =>
    [value].flat().map((one): [string, unknown] => [name, one])
  )
  if (fields.some(([name]) => SECRETS.has(name))) return null
  const parsed = kept.safeParse({ action: request.url, back: refererPath(request), fields })
  return parsed.success && fits(JSON.stringify(parsed.data)) ? parsed.data : null
}

/** Reads a kept form from the field of the sign-in form. */
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
