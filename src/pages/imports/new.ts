import { randomUUID } from 'node:crypto'
import multipart from '@fastify/multipart'
import { stringify } from 'csv-stringify/sync'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Em } from '../../db/orm.ts'
import type { Group } from '../../groups/group.ts'
import { findGroup } from '../../groups/queries.ts'
import type { Target } from '../../groups/targets.ts'
import { type FileImport, findOpenImport, listImports } from '../../imports/file-import.ts'
import { template } from '../../imports/reading/template.ts'
import { RuleError } from '../../lib/errors.ts'
import type { FieldErrors } from '../../lib/field-errors.ts'
import { idParams } from '../../lib/fields.ts'
import { attach } from '../../web/download.ts'
import type { App, ZodTypes } from '../../web/validation.ts'
import { type Heading, titled } from '../groups/heading.ts'
import { retailerOf, signedIn } from '../shared/access.ts'
import { namedRoutes } from './new-by-column.ts'
import { LARGEST_FILE, MOST_FIELDS, takeFile } from './take-file.ts'

declare module '../../web/view.ts' {
  interface Views {
    'imports/new': Omit<Heading, 'active'> & {
      active: 'groups' | 'customers'
      /** Null: those that the file names. */
      group: Group | null
      /** Where it is uploaded, and where the customers are. */
      start: string
      home: string
      /** To choose one of for the whole file. */
      targets: Target[]
      find: string
      hasMore: boolean
      key: string
      updates: boolean
      errors: FieldErrors
      past: FileImport[]
    }
  }
}

const config = { role: 'manager' as const }
const show = {
  config,
  schema: { params: idParams, querystring: z.object({ another: z.string().optional() }) }
} as const
const sample = { config, schema: { params: idParams } } as const
const take = { ...sample, config: { ...config, isUpload: true } } as const

const LIMITS = {
  fileSize: LARGEST_FILE,
  files: 1,
  fields: MOST_FIELDS + 1,
  fieldSize: 1_000,
  parts: MOST_FIELDS + 2,
  headerPairs: 20
}

/** Bulk Import: the template, and a file on its way up. No other route takes files. */
export async function uploadRoutes(app: App) {
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    await scope.register(multipart, { throwFileSizeLimit: false, limits: LIMITS })
    routes(scope.withTypeProvider<ZodTypes>())
    namedRoutes(scope.withTypeProvider<ZodTypes>())
  })
}

function routes(app: App): void {
  app.get('/groups/:id/import', show, async (request, reply) => {
    const group = await findTarget(request.em, request.params.id)
    const open = await findOpenImport(request.em, group.id, signedIn(request).id)
    if (open && request.query.another === undefined) return reply.seeOther(`/imports/${open.id}`)
    return uploadPage(request, reply, group)
  })

  app.get('/groups/:id/import/sample.csv', sample, async (request, reply) => {
    const group = await findTarget(request.em, request.params.id)
    const { headers, hints, sample } = template(retailerOf(request).country)
    attach(reply, `Import customers into ${group.name}.csv`).type('text/csv; charset=utf-8')
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
  if (group.system === 'walk-in')
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
    ...titled(`Import Customers into ${group.name}`),
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
