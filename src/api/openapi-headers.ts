interface Described {
  operationId: string
  parameters?: object[]
  responses: Record<string, { description: string; headers?: object; content?: object }>
}

interface Addresses {
  paths?: Record<string, Record<string, Described>>
}

const text = { type: 'string' }
const ETAG = { ETag: { description: 'Of what was read.', schema: text } }
const LOCATION = { Location: { description: 'The address of what was made.', schema: text } }
const REPLAYED = {
  'Idempotent-Replayed': { description: 'It was recorded before.', schema: { type: 'string', enum: ['true'] } }
}
const RETRY = { 'Retry-After': { description: 'With 429 and 503: in how many seconds.', schema: { type: 'integer' } } }
const KNOWN = {
  name: 'If-None-Match',
  in: 'header',
  required: false,
  description: 'The ETag of what was read before: if it is the same now, the answer is 304.',
  schema: text
}

const MAKES = ['createCustomer', 'recordSale']
const READS_ONE = ['getShop', 'getCustomer', 'getPolicy', 'getGroup', 'getSale']

/** The headers of answers, which the schemas that validate say nothing of. */
export function withHeaders<Document extends object>(document: Document): Document {
  const addresses = Object.values((document as Addresses).paths ?? {})
  for (const operation of addresses.flatMap((methods) => Object.values(methods))) {
    const { operationId, responses, parameters = [] } = operation
    const add = (status: string, headers: object) => responses[status] && Object.assign(responses[status], { headers })
    add('4XX', RETRY)
    add('5XX', RETRY)
    if (MAKES.includes(operationId)) add('201', LOCATION)
    if (operationId === 'recordSale') add('200', REPLAYED)
    if (!READS_ONE.includes(operationId)) continue
    add('200', ETAG)
    responses['304'] = { description: 'Nothing has changed since.', headers: ETAG }
    operation.parameters = [...parameters, KNOWN]
  }
  return document
}
