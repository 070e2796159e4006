import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type ChangedCustomer, listChanges } from '../../imports/changes.ts'
import { MOST_XLSX_ERRORS, writeErrors } from '../../imports/error-file.ts'
import { allErrors, widestError } from '../../imports/errors.ts'
import { type FileImport, findImport } from '../../imports/file-import.ts'
import { type Headed, headed } from '../../imports/headed.ts'
import { listMendable, MENDED_AT_ONCE, type MendableRow, type Typed } from '../../imports/mendable.ts'
import { countGroups, listGroups, type NamedGroup } from '../../imports/named/groups.ts'
import { type ImportedRow, listRows, type Which } from '../../imports/rows.ts'
import { Refusal } from '../../lib/errors.ts'
import { idParams } from '../../lib/fields.ts'
import { PAGE_SIZE, type Range, rangeOf } from '../../lib/paging.ts'
import { FORMATS, type Format } from '../../lib/sheets.ts'
import { attach } from '../../web/download.ts'
import type { App } from '../../web/validation.ts'
import type { Flash } from '../../web/view.ts'

declare module '../../web/view.ts' {
  interface Views {
    'imports/rows': Headed & Placed & { file: FileImport; which: Which; found: ImportedRow[] }
    'imports/changes': Headed & Placed & { file: FileImport; found: ChangedCustomer[] }
    'imports/errors': Headed & Placed & { file: FileImport; wrong: MendableRow[]; after: number; told: Flash | null }
    'imports/groups': Headed & { file: FileImport; groups: NamedGroup[]; counted: number; skip: number }
  }
}

/** Which rows are on a page. */
interface Placed {
  range: Range
  /** Where the next page begins, as its address says it; null if this is the last. */
  next: string | null
}

/** Where a page begins: after a row, and (if that is known) after so many. */
interface Beyond {
  after: number
  past: number | null
}

const config = { role: 'manager' as const }
const after = z.coerce.number().int().min(0).max(2_147_483_647).catch(0)
const which = z.enum(['create', 'add', 'move', 'already', 'update', 'passed', 'noted']).catch('create')
/** How many rows the pages before have shown. */
const past = z.coerce.number().int().min(1).max(2_147_483_647).nullable().catch(null)
const list = { config, schema: { params: idParams, querystring: z.object({ which, after, past }) } } as const
const places = { config, schema: { params: idParams, querystring: z.object({ after, past }) } } as const
const groupList = { config, schema: { params: idParams, querystring: z.object({ skip: after }) } } as const
const file = { config, schema: { params: idParams }, exposeHeadRoute: false } as const

/** The rows of an import, bucket by bucket, and those with errors also as a file. */
export async function rowRoutes(app: App) {
  app.get('/imports/:id/rows', list, async (request, reply) => {
    const file = await findImport(request.em, request.params.id)
    const { which, after } = request.query
    const { shown, ...placed } = cut(
      await listRows(request.em, file.id, which, after),
      request.query,
      sizeOf(file, which)
    )
    return reply.page('imports/rows', { ...headed(file), file, which, found: shown, ...placed }, 'imports/_rows')
  })

  app.get('/imports/:id/errors', places, async (request, reply) => {
    return errorsPage(request, reply, await findImport(request.em, request.params.id), request.query)
  })

  app.get('/imports/:id/changes', places, async (request, reply) => {
    const file = await findImport(request.em, request.params.id)
    const found = await listChanges(request.em, file, request.query.after)
    const { joining, already } = file.plan?.different ?? { joining: 0, already: 0 }
    const { shown, ...placed } = cut(found, request.query, joining + already)
    return reply.page('imports/changes', { ...headed(file), file, found: shown, ...placed }, 'imports/_changes')
  })

  app.get('/imports/:id/groups', groupList, async (request, reply) => {
    const { em, query } = request
    const file = await findImport(em, request.params.id)
    const { groups: counted } = await countGroups(em, file.id)
    const groups = await listGroups(em, file.id, query.skip, PAGE_SIZE)
    return reply.page(
      'imports/groups',
      { ...headed(file), file, groups, counted, skip: query.skip },
      'imports/_groups_page'
    )
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
  beyond: Beyond,
  { told = null, typed = null }: { told?: Flash | null; typed?: Typed | null } = {}
) {
  const most = file.state === 'planned' ? MENDED_AT_ONCE : PAGE_SIZE
  const { after } = beyond
  const found = await listMendable(request.em, file, { after, limit: most + 1, typed })
  const { shown, ...placed } = cut(found, beyond, file.plan?.wrong ?? 0, most)
  const page = { ...headed(file), file, wrong: shown, after, ...placed, told }
  return reply.page('imports/errors', page, 'imports/_errors')
}

function sizeOf({ plan }: FileImport, which: Which): number {
  return (which === 'update' ? plan?.different.already : plan?.[which]) ?? 0
}

function cut<Row extends { number: number }>(
  found: Row[],
  { after, past }: Beyond,
  total: number | null,
  most = PAGE_SIZE
): Placed & { shown: Row[] } {
  const rows = found.slice(0, most)
  const before = after === 0 ? 0 : past
  const last = found.length > most ? rows.at(-1) : undefined
  const next = last ? `after=${last.number}${before === null ? '' : `&past=${before + rows.length}`}` : null
  const page = { rows, next, previous: after === 0 ? null : 'before', first: before === null ? null : before + 1 }
  return { shown: rows, next, range: rangeOf(page, total) }
}

async function sendErrors(request: FastifyRequest, reply: FastifyReply, file: FileImport, format: Format) {
  const wrong = file.plan?.wrong ?? 0
  if (wrong === 0) throw new Refusal(404, 'This import has no rows with errors.')
  if (format === 'xlsx' && wrong > MOST_XLSX_ERRORS)
    throw new Refusal(422, `There are too many rows with errors for an XLSX file. Download them as CSV.`)
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
