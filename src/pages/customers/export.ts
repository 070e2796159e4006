import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { note } from '../../activity/note.ts'
import { CustomerFilter, type Export, openExport } from '../../customers/list/index.ts'
import { findByName } from '../../groups/choices.ts'
import type { Group } from '../../groups/group.ts'
import { findGroup } from '../../groups/queries.ts'
import { Refusal, RuleError } from '../../lib/errors.ts'
import { idParams } from '../../lib/fields.ts'
import { FORMATS, type Format, whyTooMany } from '../../lib/sheets.ts'
import { downloadAs } from '../../web/download.ts'
import type { App } from '../../web/validation.ts'
import { actorOf, calendarOf, retailerOf } from '../shared/access.ts'

// A HEAD request would be noted as an export.
const common = { config: { role: 'manager' as const }, exposeHeadRoute: false }
const query = z.record(z.string(), z.unknown())
const everyone = { ...common, schema: { querystring: query } } as const
const members = { ...common, schema: { params: idParams, querystring: query } } as const

/**
 * The most exports at once. Each holds a connection to the database for as long as its download takes, and the other
 * connections must remain for everybody else.
 */
const MOST_AT_ONCE = 3

/** Exports any list of customers to a file, with the same columns and order. */
export async function exportRoutes(app: App) {
  let underWay = 0

  function admit(reply: FastifyReply): void {
    if (underWay >= MOST_AT_ONCE)
      throw new RuleError(`${MOST_AT_ONCE} exports are already running. Start yours when one of them is finished.`)
    underWay++
    reply.raw.once('close', () => underWay--)
  }

  for (const format of Object.keys(FORMATS) as Format[]) {
    app.get(`/customers.${format}`, everyone, async (request, reply) => {
      admit(reply)
      return send(request, reply, CustomerFilter.from(request.query, retailerOf(request)), null, format)
    })

    app.get(`/groups/:id/customers.${format}`, members, async (request, reply) => {
      const group = await findGroup(request.em, request.params.id)
      admit(reply)
      return send(request, reply, CustomerFilter.from(request.query, retailerOf(request)), group, format)
    })
  }
}

async function send(
  request: FastifyRequest,
  reply: FastifyReply,
  filter: CustomerFilter,
  group: Group | null,
  format: Format
) {
  const exported = await openExport(request.em, filter, calendarOf(request), group, request.signal)
  try {
    const tooMany = whyTooMany(format, exported.count)
    if (tooMany) throw new Refusal(422, tooMany)
    await noteExport(request, filter, group, exported, format)
  } catch (error) {
    await exported.close()
    throw error
  }
  const { type, write } = FORMATS[format]
  downloadAs(reply, nameOf(request, group, format)).type(type)
  const file = write(exported.columns, exported.customers)
  // An incomplete file must not look complete, and the page of an error must not be saved in its place.
  file.once('error', () => reply.raw.destroy())
  return reply.send(file)
}

/** Notes the export before its first byte is sent. A search may be somebody's name, so only the group is noted. */
async function noteExport(
  request: FastifyRequest,
  { values }: CustomerFilter,
  ofPage: Group | null,
  { count }: Export,
  format: Format
): Promise<void> {
  const group = ofPage ?? (values.group && (await findByName(request.em, values.group))) ?? undefined
  const details = { counts: { customers: count }, by: FORMATS[format].name }
  await note(request.em, 'exported', actorOf(request), { group: group || undefined, details })
}

function nameOf(request: FastifyRequest, group: Group | null, format: Format): string {
  const { name } = retailerOf(request)
  const parts = [name, ...(group ? [group.name] : []), 'customers', calendarOf(request).today]
  return `${parts.join(' ')}.${format}`
}
