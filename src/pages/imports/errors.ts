import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  CORRECTED_AT_ONCE,
  type CorrectableRow,
  listCorrectable,
  type RefusedValues
} from '../../imports/correctable-rows.ts'
import { MOST_XLSX_ERRORS, writeErrors } from '../../imports/error-file.ts'
import { allErrors, widestError } from '../../imports/errors.ts'
import type { FileImport } from '../../imports/file-import.ts'
import { type ImportHeading, importHeading } from '../../imports/heading.ts'
import { findImport } from '../../imports/queries.ts'
import { Refusal } from '../../lib/errors.ts'
import { idParams } from '../../lib/fields.ts'
import { PAGE_SIZE } from '../../lib/paging.ts'
import { FORMATS, type Format } from '../../lib/sheets.ts'
import { downloadAs } from '../../web/download.ts'
import type { App } from '../../web/validation.ts'
import type { Flash } from '../../web/view.ts'
import { type PageExtent, type PageStart, pageOf, placeFields } from './page-extent.ts'

declare module '../../web/view.ts' {
  interface Views {
    'imports/errors': ImportHeading &
      PageExtent & { file: FileImport; wrong: CorrectableRow[]; after: number; told: Flash | null }
  }
}

const config = { role: 'manager' as const }
const places = { config, schema: { params: idParams, querystring: placeFields } } as const
const file = { config, schema: { params: idParams }, exposeHeadRoute: false } as const

/** Shows rows with errors, to be corrected here or in a file of just those rows. */
export async function errorRoutes(app: App) {
  app.get('/imports/:id/errors', places, async (request, reply) => {
    return errorsPage(request, reply, await findImport(request.em, request.params.id), request.query)
  })

  for (const format of Object.keys(FORMATS) as Format[]) {
    app.get(`/imports/:id/errors.${format}`, file, async (request, reply) => {
      return sendErrors(request, reply, await findImport(request.em, request.params.id), format)
    })
  }
}

export async function errorsPage(
  request: FastifyRequest,
  reply: FastifyReply,
  file: FileImport,
  beyond: PageStart,
  { told = null, typed = null }: { told?: Flash | null; typed?: RefusedValues | null } = {}
) {
  const most = file.state === 'planned' ? CORRECTED_AT_ONCE : PAGE_SIZE
  const { after } = beyond
  const found = await listCorrectable(request.em, file, { after, limit: most + 1, typed })
  const { shown, ...placed } = pageOf(found, beyond, file.plan?.wrong ?? 0, most)
  const page = { ...importHeading(file), file, wrong: shown, after, ...placed, told }
  return reply.page('imports/errors', page, 'imports/_errors')
}

async function sendErrors(request: FastifyRequest, reply: FastifyReply, file: FileImport, format: Format) {
  const wrong = file.plan?.wrong ?? 0
  if (wrong === 0) throw new Refusal(404, 'This import has no rows with errors.')
  if (format === 'xlsx' && wrong > MOST_XLSX_ERRORS)
    throw new Refusal(422, `There are too many rows with errors for an XLSX file. Download them as CSV.`)
  const stem = file.fileName.replace(/\.\w{1,5}$/, '')
  downloadAs(reply, `${stem} errors.${format}`).type(FORMATS[format].type)
  const answer = writeErrors(
    format,
    file.headers,
    allErrors(request.em, file.id),
    await widestError(request.em, file.id)
  )
  answer.once('error', () => reply.raw.destroy())
  return reply.send(answer)
}
