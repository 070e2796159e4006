import { randomUUID } from 'node:crypto'
import multipart from '@fastify/multipart'
import { stringify } from 'csv-stringify/sync'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { sql } from 'kysely'
import { z } from 'zod'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import type { Group } from '../groups/group.ts'
import { type Heading, titled } from '../groups/heading.ts'
import { findGroup } from '../groups/queries.ts'
import { actorOf, retailerOf, signedIn } from '../web/access.ts'
import { attach, fileName } from '../web/download.ts'
import { RuleError } from '../web/errors.ts'
import { formKey, idParams, tick } from '../web/fields.ts'
import type { App, FieldErrors, ZodTypes } from '../web/validation.ts'
import { queueCheck } from './check.ts'
import { type FileImport, findByKey, findOpenImport, listImports } from './file-import.ts'
import { insertImport } from './keep-import.ts'
import { template } from './reading/template.ts'
import { storeFile } from './stored-file.ts'

declare module '../web/view.ts' {
  interface Views {
    'imports/new': Heading & {
      group: Group
      key: string
      updates: boolean
      errors: FieldErrors
      past: FileImport[]
    }
  }
}

const LARGEST_MB = 200
const LARGEST_FILE = LARGEST_MB * 1024 * 1024
const FORM_BYTES = 64 * 1024

const config = { role: 'manager' as const }
const show = {
  config,
  schema: { params: idParams, querystring: z.object({ another: z.string().optional() }) }
} as const
const sample = { config, schema: { params: idParams } } as const
const take = { ...sample, config: { ...config, isUpload: true }, bodyLimit: LARGEST_FILE + FORM_BYTES } as const

const LIMITS = { fileSize: LARGEST_FILE, files: 1, fields: 5, fieldSize: 1_000, parts: 6, headerPairs: 20 }

/** Bulk Import: the template, and a file on its way up. No other route takes files. */
export async function uploadRoutes(app: App) {
  await app.register(async (scope) => {
    await scope.register(multipart, { throwFileSizeLimit: false, limits: LIMITS })
    routes(scope.withTypeProvider<ZodTypes>())
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
    throw new RuleError('Walk-in holds the walk-in customer alone; nobody is imported into it.')
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
    key: randomUUID(),
    updates,
    errors,
    past: await listImports(request.em, group.id)
  }
  return reply.page('imports/new', page, 'imports/_new')
}

const fields = z.object({ key: formKey.catch(() => randomUUID()), updates: tick })

type Taken = { id: number } | { error: string; updates: boolean }

/** The form's parts as they come; its fields stand before its file. */
async function takeFile(request: FastifyRequest, group: Group): Promise<Taken> {
  const typed: Record<string, unknown> = {}
  for await (const part of request.parts()) {
    if (part.type === 'field') {
      typed[part.fieldname] = part.value
      continue
    }
    const { key, updates } = fields.parse(typed)
    if (!part.filename) {
      part.file.resume()
      return { error: 'Choose a file first.', updates }
    }
    const id = await insertImport(
      request.em,
      { key, group, fileName: fileName(part.filename), updates },
      actorOf(request)
    )
    // Sent a second time: what it made the first time is the answer.
    if (id === null) {
      part.file.resume()
      const first = await findByKey(request.em, key)
      return { id: first?.id ?? 0 }
    }
    return keep(request.em, id, updates, part.file)
  }
  return { error: 'Choose a file first.', updates: fields.parse(typed).updates }
}

/** An upload that breaks off leaves no trace. */
async function keep(em: Em, id: number, updates: boolean, file: AsyncIterable<Buffer> & { truncated: boolean }) {
  try {
    const size = await storeFile(em, id, file)
    if (file.truncated) {
      await drop(em, id)
      const error = `This file is larger than ${LARGEST_MB} MB. Split it into several and upload one after the other.`
      return { error, updates }
    }
    await em.transactional(async (inner) => {
      await rows(inner, sql`update file_import set state = 'reading', size = ${size} where id = ${id}`)
      await queueCheck(inner, id)
    })
    return { id }
  } catch (error) {
    await drop(em, id)
    throw error
  }
}

async function drop(em: Em, id: number): Promise<void> {
  await rows(em, sql`delete from file_import where id = ${id}`)
}
