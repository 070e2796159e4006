import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { dayOf } from '../../figures/calendar.ts'
import { noPlan } from '../../imports/change-plan.ts'
import { correctRow, type Edit } from '../../imports/correct-row.ts'
import { LONGEST_TYPED, listCorrectable, type RefusedValues } from '../../imports/correctable-rows.ts'
import type { FileImport } from '../../imports/file-import.ts'
import { findImport } from '../../imports/queries.ts'
import { idParams } from '../../lib/fields.ts'
import type { App } from '../../web/validation.ts'
import { wantsFragment } from '../../web/view.ts'
import { retailerOf } from '../shared/access.ts'
import { correctionMessage } from './correction-message.ts'
import { errorsPage } from './errors.ts'
import { importPage } from './import-page.ts'

const LARGEST = 2_147_483_647
const number = z.coerce.number().int().min(0).max(LARGEST)
const params = idParams.extend({ number })

/** The page that the form is on: the plan's, or that of the rows with errors after some row. */
const place = z.union([z.literal('plan'), number]).catch('plan')
const config = { role: 'manager' as const }
const mend = { config, schema: { params, body: z.record(z.string(), z.unknown()).default({}) } } as const

/** Takes a corrected cell and checks its row again at once. */
export async function rowRoutes(app: App) {
  app.post('/imports/:id/rows/:number', mend, async (request, reply) => {
    const { em, params, body } = request
    const file = await findImport(em, params.id)
    if (file.state !== 'planned') throw noPlan()
    const typed = await readEdits(request, file, params.number, body)
    const edits = typed ?? []
    const at = place.parse(body.at)
    if (edits.some(({ value }) => value.length > LONGEST_TYPED)) {
      const values = new Map(edits.map(({ column, value }) => [column, value]))
      return pageAt(request, reply.code(422), file, at, { typed: { number: params.number, values } })
    }
    const retailer = retailerOf(request)
    const { today } = dayOf(retailer, request.now)
    const mended = edits.length ? await correctRow(em, file, retailer, today, { number: params.number, edits }) : null
    const told = correctionMessage(file, params.number, typed, mended)
    if (wantsFragment(request)) {
      // The plan has changed along with the cells, so it is read again.
      const shown = edits.length ? await findImport(em, file.id) : file
      return pageAt(request, reply, shown, at, { told })
    }
    const path =
      at === 'plan' || mended?.bucket === null ? `/imports/${file.id}` : `/imports/${file.id}/errors?after=${at}`
    return reply.seeOther(path, told)
  })
}

/** The cells whose values differ from those that were shown; null if the row has no form. */
async function readEdits({ em }: FastifyRequest, file: FileImport, number: number, body: Record<string, unknown>) {
  const [row] = await listCorrectable(em, file, { after: number - 1, limit: 1 })
  if (row?.number !== number) return null
  return row.inputs.flatMap(({ column, value }): Edit[] => {
    const typed = body[`cell-${column}`]
    const isForAll = body[`all-${column}`] === 'true'
    return typeof typed === 'string' && typed !== value ? [{ column, value: typed, isForAll }] : []
  })
}

type Answer = { told?: ReturnType<typeof correctionMessage>; typed?: RefusedValues }

async function pageAt(
  request: FastifyRequest,
  reply: FastifyReply,
  file: FileImport,
  at: 'plan' | number,
  { told, typed }: Answer
) {
  if (at === 'plan' || file.state !== 'planned') return importPage(request, reply, file, { told, typed })
  return errorsPage(request, reply, file, { after: at, past: null }, { told, typed })
}
