import type { Orm } from '../db/orm.ts'
import { saleQueue } from '../sales/queue.ts'
import { type Addresses, checkHost } from '../web/host.ts'
import type { App } from '../web/validation.ts'
import { controlAccess } from './access.ts'
import { readJson } from './bodies.ts'
import { customerRoutes } from './customers.ts'
import { groupRoutes } from './groups.ts'
import { limitRequests } from './limits.ts'
import { membershipRoutes } from './memberships.ts'
import { describeApi } from './openapi.ts'
import { answerProblems } from './problem.ts'
import { saleRoutes } from './sales.ts'
import { batchRoutes } from './sales-batch.ts'
import { shopRoutes } from './shop.ts'
import { validateStrictly } from './validation.ts'
import { customerWriteRoutes } from './write-customers.ts'

export interface ForApi {
  orm: Orm
  config: Addresses
}

/** The JSON API for programs. Its hooks and those of the pages for people (src/pages) do not affect each other. */
export async function api(app: App, { orm, config }: ForApi): Promise<void> {
  answerProblems(app)
  validateStrictly(app)
  app.setSerializerCompiler(() => JSON.stringify)
  checkHost(app, config)
  readJson(app)
  const limit = limitRequests()
  controlAccess(app, orm, limit)
  await describeApi(app)

  await shopRoutes(app)
  await customerRoutes(app)
  await customerWriteRoutes(app)
  await membershipRoutes(app)
  await groupRoutes(app)
  await saleRoutes(app, { record: saleQueue(orm) })
  await batchRoutes(app, { limit })
}
