import swagger from '@fastify/swagger'
import type { RouteOptions } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import type { App } from '../web/validation.ts'
import { withHeaders } from './openapi-headers.ts'
import { withoutTwins } from './openapi-schemas.ts'
import { problemSchema } from './schemas/problem.ts'

const DESCRIPTION = `Points of sale ask here what a customer may do, and tell what they sold.

**Keys.** Each request carries the till’s key: \`Authorization: Bearer clt_…\`. Admins make keys at /settings/tills. A key has scopes; what each
address needs is said with it.

**Money and quantities** are decimals written as text ("12.50", "-1.5"), in the currency that GET /shop says, tax included; never JSON
numbers. Times are RFC 3339.

**Errors** are application/problem+json: \`code\` is what to act on, \`detail\` a sentence that can be read to a customer, \`errors\` names the fields
that are wrong. A code that a till does not know is a refusal. 429 and 503 say in Retry-After when to send the same again.

**Sales.** The till makes a UUID for each sale before it sends it. Sent again, however often, it is the same sale: the first answer comes back,
with \`Idempotent-Replayed: true\`, for ever. A refused sale does not use its id up.

**Lines** come to what was paid: their amounts, after all discounts, are the tenders plus \`rounding\`. \`discount\` is what was taken off by hand. A sale has
at most 1,000 lines, and is of 2000 or later and at most 24 hours ahead.

**Refusals** by policy are 422: \`purchase-restricted\`, \`on-account-not-allowed\`, \`manual-discount-not-allowed\`,
\`manual-discount-too-large\`, \`customer-unknown\`. 422 \`idempotency-key-reused\` is another sale with the same id; 409 \`sale-of-another-till\` and
\`receipt-taken\` say whose id or receipt number it is. Elsewhere: 400 \`invalid\`, \`not-json\`, \`cursor-invalid\`; 401 \`key-needed\`, \`key-invalid\`; 403 \`scope-missing\`; 404
\`not-found\`; 409 \`phone-taken\`, \`email-taken\`, \`changed\`; 413 \`too-large\`; 415 \`not-understood\`; 429 \`too-many-requests\`; 503 \`try-again\`.

**Returns** are sales with lines of negative quantity and amount; policy never refuses them, and a negative \`on_account\` lowers what is owed. \`returns\`
names the sale: \`sale-unknown\`, or \`returned-too-much\` beyond what is left of it by sku and name, in units or in money. Without it a
return is taken, and stands in To review. In an exchange both kinds of line stand together.

**Batches** tell what a till sold while it was offline: up to 500 sales, 5 MB. Nothing is refused; what policy would have refused is recorded, \`flagged\`, with
\`flags\` that say why. An item that is no sale gets its \`problem\`, and may be sent again under the same id when it is put right. Items
are taken in their order, so a return comes after its sale.

**Lists** are \`{items, next}\`: give \`next\` back as ?next= for the page after it; it is null at the end.

**Limits.** Of each key 20 requests a second and 60 at once; a batch counts one for 50 sales. RateLimit says what is left.

Version 1 only grows: fields and codes may come, none goes.`

/** The document at /openapi.json is made of the schemas that validate. */
export async function describeApi(app: App): Promise<void> {
  app.addHook('onRoute', describeRoute)
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Clientele', version: '1', description: DESCRIPTION },
      servers: [{ url: '/api/v1' }],
      tags: [
        { name: 'shop', description: 'Who asks' },
        { name: 'customers', description: 'Whom tills sell to, and what they may do' },
        { name: 'groups', description: 'What decides it' },
        { name: 'sales', description: 'What was sold' }
      ],
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
      security: [{ key: [] }]
    },
    stripBasePath: true,
    transform: jsonSchemaTransform,
    transformObject: (document) => withHeaders(withoutTwins(jsonSchemaTransformObject(document)))
  })
  app.get('/openapi.json', { config: { public: true }, schema: { hide: true } }, async () => app.swagger())
}

/** Says of each address what its key needs, and how it refuses. */
function describeRoute(route: RouteOptions): void {
  const { schema, config } = route
  // A route of GET is also one of HEAD, with the same description.
  if (!schema || schema.hide || Object.hasOwn(schema.response ?? {}, '4XX')) return
  const needs = config?.scope ? `Needs the scope \`${config.scope}\`.` : 'Any key will do.'
  schema.description = schema.description ? `${schema.description} ${needs}` : needs
  schema.response = {
    ...(schema.response as object),
    '4XX': {
      description: 'Refused: `code` says why.',
      content: { 'application/problem+json': { schema: problemSchema } }
    },
    '5XX': {
      description: 'Not possible right now: send the same again later.',
      content: { 'application/problem+json': { schema: problemSchema } }
    }
  }
}
