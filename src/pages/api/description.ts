/** What the page of the API shows of its OpenAPI document. */

export interface ApiField {
  name: string
  type: string
  isRequired: boolean
  description: string
}

/** A text whose parts may be **strong** or `code`, as Markdown writes them. */
export type Marked = { tag: 'strong' | 'code' | null; text: string }[]

interface Operation {
  id: string
  method: string
  path: string
  summary: string
  description: Marked
  parameters: ApiField[]
  /** What it is sent, by the name of a schema. */
  body: string | null
  /** What it answers, by the name of a schema. */
  answer: string | null
}

/** The addresses that are about one matter. */
export interface ApiPart {
  name: string
  description: string
  operations: Operation[]
}

export interface SchemaFields {
  name: string
  description: string
  /** What it is, where it is no object. */
  type: string | null
  fields: ApiField[]
}

interface Schema {
  $ref?: string
  type?: string | string[]
  format?: string
  description?: string
  enum?: string[]
  anyOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  pattern?: string
  examples?: string[]
}

interface Content {
  content?: Record<string, { schema: Schema }>
}

interface DescribedOperation {
  operationId: string
  summary: string
  description: string
  tags: string[]
  parameters?: { name: string; required: boolean; description?: string; schema: Schema }[]
  requestBody?: Content
  responses: Record<string, Content>
}

export interface ApiDocument {
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, DescribedOperation>>
  components: { schemas: Record<string, Schema> }
}

export function partsOf({ tags, paths }: ApiDocument): ApiPart[] {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({
      tag: described.tags[0],
      ...operationOf(path, method, described)
    }))
  )
  return tags.map(({ name, description }) => ({
    name,
    description,
    operations: operations.filter(({ tag }) => tag === name)
  }))
}

function operationOf(path: string, method: string, described: DescribedOperation): Operation {
  const { operationId, summary, description, parameters = [], requestBody, responses } = described
  const answer = responses['200'] ?? responses['201']
  return {
    id: operationId,
    method: method.toUpperCase(),
    path,
    summary,
    description: marked(description),
    parameters: parameters.map(({ name, required, schema, description: about = '' }) => ({
      name,
      type: typeOf(schema),
      isRequired: required,
      description: about
    })),
    body: contentOf(requestBody),
    answer: contentOf(answer)
  }
}

export function marked(text: string): Marked {
  return text.split(/(\*\*[^*]+\*\*|`[^`]+`)/).map((part) => {
    if (part.startsWith('**')) return { tag: 'strong', text: part.slice(2, -2) }
    return part.startsWith('`') ? { tag: 'code', text: part.slice(1, -1) } : { tag: null, text: part }
  })
}

function contentOf(content: Content | undefined): string | null {
  const schema = content?.content?.['application/json']?.schema
  return schema ? typeOf(schema) : null
}

export function schemasOf({ components }: ApiDocument): SchemaFields[] {
  return Object.entries(components.schemas).map(([name, schema]) => ({
    name,
    description: schema.description ?? '',
    type: schema.properties ? null : typeOf(schema),
    fields: fieldsOf(schema)
  }))
}

/** Those of an object within it too: "discounts.max_percent". */
function fieldsOf(schema: Schema, within = ''): ApiField[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, described]) => [
    {
      name: within + name,
      type: typeOf(described),
      isRequired: schema.required?.includes(name) ?? false,
      description: described.description ?? ''
    },
    ...fieldsOf(described, `${within}${name}.`).filter(({ description }) => description !== '')
  ])
}

/** In words: "Sale", "list of Line", "text or null", "{items, next}". */
function typeOf(schema: Schema): string {
  if (schema.$ref) return schema.$ref.split('/').at(-1) ?? ''
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ')
  if (schema.enum) return schema.enum.map((one) => `"${one}"`).join(' or ')
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {})}`
  if (schema.properties) return `{${Object.entries(schema.properties).map(fieldOf).join(', ')}}`
  const example = schema.examples?.[0]
  const kinds = [schema.type ?? 'anything'].flat().map((kind) => NAMES[kind] ?? kind)
  const name = schema.format ?? kinds.join(' or ')
  return example === undefined ? name : `${name}, such as "${example}"`
}

function fieldOf([name, schema]: [string, Schema]): string {
  const type = typeOf(schema)
  return /^list of /.test(type) ? `${name}: ${type}` : name
}

const NAMES: Record<string, string> = { string: 'text', integer: 'whole number', boolean: 'true or false' }
