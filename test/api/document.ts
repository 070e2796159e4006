// The OpenAPI document as a stranger's program reads it: its operations, and what it says of their answers.
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import type { Shop } from '../helper.ts'

/** A JSON schema, of which only the parts that the document uses are named. */
export interface Schema {
  $ref?: string
  type?: string | string[]
  format?: string
  pattern?: string
  enum?: unknown[]
  anyOf?: Schema[]
  minimum?: number
  maximum?: number
  maxLength?: number
  minLength?: number
  minItems?: number
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
}

interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required?: boolean
  schema: Schema
}

interface Content {
  content?: Record<string, { schema: Schema }>
}

interface Described {
  operationId: string
  parameters?: Parameter[]
  requestBody?: Required<Content>
  responses: Record<string, Content>
}

export type Document = {
  paths: Record<string, Record<string, Described>>
  components: { schemas: Record<string, Schema> }
}

export interface Operation {
  id: string
  method: string
  /** With its parameters in braces. */
  path: string
  parameters: Parameter[]
  body: Schema | undefined
}

export async function readDocument({ app }: Pick<Shop, 'app'>) {
  const document: Document = (await app.inject('/api/v1/openapi.json')).json()
  return { document, operations: operationsOf(document), findFault: faultFinder(document) }
}

function operationsOf({ paths }: Document): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, parameters = [], requestBody }]) => ({
      id: operationId,
      method: method.toUpperCase(),
      path,
      parameters,
      body: requestBody?.content['application/json']?.schema
    }))
  )
}

/** Tells what of an answer the document does not say, or nothing. */
function faultFinder(document: Document) {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true })
  ajv.addSchema(closed(document), 'document')
  const validators = new Map<string, ValidateFunction>()
  const validatorOf = (place: string[]) => {
    const pointer = place.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
    const known = validators.get(pointer) ?? ajv.compile({ $ref: `document#${encodeURI(pointer)}` })
    validators.set(pointer, known)
    return known
  }
  return ({ path, method }: Operation, status: number, type: string, body: unknown): string | undefined => {
    const responses = document.paths[path]?.[method.toLowerCase()]?.responses ?? {}
    const key = [String(status), `${String(status)[0]}XX`].find((one) => one in responses)
    if (!key) return `The document does not name the status ${status}.`
    const place = ['paths', path, method.toLowerCase(), 'responses', key]
    const content = responses[key]?.content
    if (!content) return body === null ? undefined : `The document names no body for ${status}.`
    if (!(type in content)) return `The document does not name the type ${type} for ${status}.`
    const validate = validatorOf([...place, 'content', type, 'schema'])
    return validate(body) ? undefined : ajv.errorsText(validate.errors)
  }
}

/** Programs take fields that they don't know, but ours sends none that it has not described. */
function closed<Part>(part: Part): Part {
  if (Array.isArray(part)) return part.map(closed) as Part
  if (part === null || typeof part !== 'object') return part
  const all = Object.fromEntries(Object.entries(part).map(([name, value]) => [name, closed(value)]))
  const isObject = 'properties' in all && all.type === 'object' && !('additionalProperties' in all)
  return (isObject ? { ...all, additionalProperties: false } : all) as Part
}
