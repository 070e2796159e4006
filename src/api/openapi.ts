import swagger from '@fastify/swagger'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { SCOPES } from '../tills/scopes.ts'
import type { App } from '../web/validation.ts'

const DESCRIPTION = `Points of sale ask here what a customer may do, and tell what they sold. Each request carries the till’s key:
\`Authorization: Bearer clt_…\`; admins make keys at /settings/tills. Amounts and quantities are decimals written as text, in the
currency that GET /shop says, tax included; times are RFC 3339. Errors are application/problem+json with a \`code\` to act on and a
\`detail\` that can be read to a customer; a code that a till does not know is a refusal. Version 1 only grows.`

/** The document at /openapi.json is made of the schemas that validate. */
export async function describeApi(app: App): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Clientele', version: '1', description: DESCRIPTION },
      servers: [{ url: '/api/v1' }],
      components: {
        securitySchemes: {
          key: { type: 'http', scheme: 'bearer', description: `Scopes: ${Object.keys(SCOPES).join(', ')}.` }
        }
      },
      security: [{ key: [] }]
    },
    stripBasePath: true,
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject
  })
  app.get('/openapi.json', { config: { public: true }, schema: { hide: true } }, async () => app.swagger())
}
