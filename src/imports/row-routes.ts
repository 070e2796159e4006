import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type Heading, titled } from '../groups/heading.ts'
import { attach } from '../web/download.ts'
import { Refusal } from '../web/errors.ts'
import { idParams } from '../web/fields.ts'
import { PAGE_SIZE } from '../web/paging.ts'
import { FORMATS, type Format } from '../web/sheets.ts'
import type { App } from '../web/validation.ts'
import { MOST_XLSX_ERRORS, writeErrors } from './error-file.ts'
import { allErrors, listErrors, type WrongRow, widestError } from './errors.ts'
import { type FileImport, findImport } from './file-import.ts'
import { type ImportedRow, listRows, type Which } from './rows.ts'

declare module '../web/view.ts' {
  interface Views {
    'imports/rows': Heading & { file: FileImport; which: Which; found: ImportedRow[]; next: number | null }
    'imports/errors': Heading & { file: FileImport; wrong: WrongRow[]; next: number | null }
  }
}

const config = { role: 'manager' as const }
const after = z.coerce.number().int().min(0).max(2_147_483_647).catch(0)
const which = z.enum(['create', 'add', 'move', 'already', 'update', 'passed']).catch('create')
const list = { config, schema: { params: idParams, querystring: z.object({ which, after }) } } as const
const wrongList = { config, schema: { params: idParams, querystring: z.object({ after }) } } as const
const file = { config, schema: { params: idParams }, exposeHeadRoute: false } as const

/** The rows of an import, bucket by bucket, and those with errors also as a file. */
export async function rowRoutes(app: App) {
  app.get('/imports/:id/rows', list, async (request, reply) => {
    const file = await findImport(request.em, request.params.id)
    const { which, after } = request.query
    const { shown, next } = cut(await listRows(request.em, file.id, which, after))
    return reply.page('imports/rows', { ...heading(file), file, which, found: shown, next }, 'imports/_rows')
  })

  app.get('/imports/:id/errors', wrongList, async (request, reply) => {
    const file = await findImport(request.em, request.params.id)
    const { shown, next } = cut(await listErrors(request.em, file.id, request.query.after, PAGE_SIZE + 1))
    return reply.page('imports/errors', { ...heading(file), file, wrong: shown, next }, 'imports/_errors')
  })

  for (const format of Object.keys(FORMATS) as Format[]) {
    app.get(`/imports/:id/errors.${format}`, file, async (request, reply) => {
      return sendErrors(request, reply, await findImport(request.em, request.params.id), format)
    })
  }
}

function heading(file: FileImport): Heading {
  return titled(`Import Customers into ${file.groupName}`)
}

function cut<Row extends { number: number }>(found: Row[]): { shown: Row[]; next: number | null } {
  const shown = found.slice(0, PAGE_SIZE)
  return { shown, next: found.length > PAGE_SIZE ? (shown.at(-1)?.number ?? null) : null }
}

async function sendErrors(request: FastifyRequest, reply: FastifyReply, file: FileImport, format: Format) {
  const wrong = file.plan?.wrong ?? 0
  if (wrong === 0) throw new Refusal(404, 'This import has no rows with errors.')
  if (format === 'xlsx' && wrong > MOST_XLSX_ERRORS)
    throw new Refusal(422, `So many rows with errors don’t fit into an XLSX file. Download them as CSV.`)
  const stem = file.fileName.replace(/\.\w{1,5}$/, '')
  attach(reply, `${stem} errors.${format}`).type(FORMATS[format].type)
  const answer = writeErrors(
    format,
    file.headers,
    allErrors(request.em, file.id),
    await widestError(request.em, file.id)
  )
  answer.once('error', () => reply.raw.destroy())
  return reply.send(answer)
}
