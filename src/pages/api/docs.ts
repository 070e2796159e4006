import type { App } from '../../web/validation.ts'
import { type ApiPart, type Marked, marked, partsOf, type SchemaFields, schemasOf } from './description.ts'

declare module '../../web/view.ts' {
  interface Views {
    'api/docs': {
      title: string
      active: null
      isWide: true
      intro: Marked[]
      parts: ApiPart[]
      schemas: SchemaFields[]
    }
  }
}

/** The API's description for people: GET /api/v1/docs. It shows the document that programs read, and nothing else. */
export async function apiDocsRoutes(app: App) {
  let description: ReturnType<typeof describe> | undefined

  async function describe() {
    const answer = await app.inject('/api/v1/openapi.json')
    const document = answer.json()
    return {
      intro: String(document.info.description).split('\n\n').map(marked),
      parts: partsOf(document),
      schemas: schemasOf(document)
    }
  }

  app.get('/api/v1/docs', { config: { public: true } }, async (_request, reply) => {
    description ??= describe()
    return reply.page('api/docs', { title: 'API for tills', active: null, isWide: true, ...(await description) })
  })
}
