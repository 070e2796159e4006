import { hasBody } from '../web/bodies.ts'
import type { App } from '../web/validation.ts'
import { Problem } from './problem.ts'

/** The longest body, in bytes. */
export const LONGEST_BODY = 1024 * 1024
export const LONGEST_BATCH = 5 * 1024 * 1024

const JSON_TYPE = /^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i

/** The deepest that anything is nested is five levels, in a batch. Whoever walks through thousands runs out of stack. */
const MOST_LEVELS = 32

/** Lets in JSON where a route reads it, and nothing else; by its headers alone, before a byte is parsed. */
export function readJson(app: App): void {
  app.addHook('onRequest', async ({ headers, is404, routeOptions, method }) => {
    if (is404 || !hasBody(headers)) return
    if (!routeOptions.schema?.body)
      throw new Problem(415, 'not-understood', `This address takes no body with ${method}.`)
    if (headers['content-encoding'] || !JSON_TYPE.test(headers['content-type'] ?? '')) {
      throw new Problem(415, 'not-understood', 'Send JSON, with the content type application/json.')
    }
  })
  app.addHook('preValidation', async ({ body }) => {
    if (isDeeper(body, MOST_LEVELS)) throw new Problem(400, 'invalid', 'This JSON is nested too deeply.')
  })
}

function isDeeper(value: unknown, levels: number): boolean {
  if (value === null || typeof value !== 'object') return false
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1))
}
