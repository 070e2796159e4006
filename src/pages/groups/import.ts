import { randomUUID } from 'node:crypto'
import { stringify } from 'csv-stringify/sync'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Em } from '../../db/orm.ts'
import type { Group } from '../../groups/group.ts'
import { findGroup } from '../../groups/queries.ts'
import { findOpenImport, listImports } from '../../imports/queries.ts'
import { template } from '../../imports/reading/template.ts'
import { RuleError } from '../../lib/errors.ts'
import type { FieldErrors } from '../../lib/field-errors.ts'
import { idParams } from '../../lib/fields.ts'
import { downloadAs } from '../../web/download.ts'
import type { App } from '../../web/validation.ts'
import { takeFile } from '../imports/take-file.ts'
import { retailerOf, signedIn } from '../shared/access.ts'
import { heading } from './heading.ts'

const config = { role: 'manager' as const }
const show = {
  config,
  schema: { params: idParams, querystring: z.object({ another: z.string().optional() }) }
} as const
const sample = { config, schema: { params: idParams } } as const
const take = { ...sample, config: { ...config, isUpload: true } } as const

/** Bulk Import: the template, and the upload of a file. */
export function importIntoGroupRoutes(app: App): void {
  app.get('/groups/:id/import', show, async (request, reply) => {
    const group = await findTarget(request.em, request.params.id)
    const open = await findOpenImport(request.em, group.id, signedIn(request).id)
    if (open && request.query.another === undefined) return reply.seeOther(`/imports/${open.id}`)
    return uploadPage(request, reply, group)
  })

  app.get('/groups/:id/import/sample.csv', sample, async (request, reply) => {
    const group = await findTarget(request.em, request.params.id)
    const { headers, hints, sample } = template(retailerOf(request).country)
    downloadAs(reply, `Import customers into ${group.name}.csv`).type('text/csv; charset=utf-8')
    return reply.send(stringify([headers, hints, sample], { bom: true, record_delimiter: 'windows' }))
  })

  app.post('/groups/:id/import', take, async (request, reply) => {
    const { em } = request
    const group = await findTarget(em, request.params.id)
    const taken = await takeFile(request, group)
    if ('error' in taken) return uploadPage(request, reply.code(422), group, { file: taken.error }, taken.updates)
    return reply.seeOther(`/imports/${taken.id}`)
  })
}

async function findTarget(em: Em, id: number): Promise<Group> {
  const group = await findGroup(em, id)
  if (group.isWalkIn)
    throw new RuleError('You can’t import customers into Walk-in. It is only for sales to people who leave no name.')
  return group
}

async function uploadPage(
  request: FastifyRequest,
  reply: FastifyReply,
  group: Group,
  errors: FieldErrors = {},
  updates = false
) {
  const page = {
    ...heading(`Import Customers into ${group.name}`),
    group,
    start: `/groups/${group.id}/import`,
    home: `/groups/${group.id}/customers`,
    targets: [],
    find: '',
    hasMore: false,
    key: randomUUID(),
    updates,
    errors,
    past: await listImports(request.em, group.id)
  }
  return reply.page('imports/new', page, 'imports/_new')
}
