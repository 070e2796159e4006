import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { changePlan } from '../../imports/change-plan.ts'
import type { FileImport } from '../../imports/file-import.ts'
import { type ImportHeading, importHeading } from '../../imports/heading.ts'
import { findImport } from '../../imports/queries.ts'
import { listStrangers, type Stranger, type Tick, tickAll, tickRows } from '../../imports/ticks.ts'
import { idParams } from '../../lib/fields.ts'
import { PAGE_SIZE } from '../../lib/paging.ts'
import type { App } from '../../web/validation.ts'

declare module '../../web/view.ts' {
  interface Views {
    'imports/strangers': ImportHeading & { file: FileImport; found: Stranger[]; after: number; next: number | null }
    /** The part of the page that changes with each tick. */
    'imports/ticked': ImportHeading & { file: Pick<FileImport, 'id' | 'plan' | 'state'> }
  }
}

const LARGEST = 2_147_483_647
const number = z.coerce.number().int().min(0).max(LARGEST)
const after = number.catch(0).default(0)
/** A tick, such as "12.-8123": the number of a row, and a hash of the name beside it. Other values are ignored. */
const tick = z.string().regex(/^\d{1,10}\.-?\d{1,10}$/)

function readTicks(sent: unknown): Tick[] {
  const ticks = [sent]
    .flat()
    .slice(0, PAGE_SIZE)
    .filter((one) => tick.safeParse(one).success)
  return ticks
    .map((one) => String(one).split('.').map(Number))
    .map(([number = 0, seen = 0]) => ({ number, seen }))
    .filter(({ number, seen }) => number <= LARGEST && Math.abs(seen) <= LARGEST)
}

const body = z
  .object({
    from: after,
    to: after,
    after,
    ticked: z.unknown().optional().transform(readTicks),
    /** The button that was pressed: 'all', 'none', 'save', 'tick' (a single box), or the row before the next page. */
    do: z
      .union([z.enum(['all', 'none', 'save', 'tick']), number])
      .catch('save')
      .default('save')
  })
  .default({ from: 0, to: 0, after: 0, ticked: [], do: 'save' })

const config = { role: 'manager' as const }
const list = { config, schema: { params: idParams, querystring: z.object({ after }) } } as const
const choose = { config, schema: { params: idParams, body } } as const

/** Shows rows that match a customer with a quite different name, for somebody to check one by one. */
export async function strangerRoutes(app: App) {
  app.get('/imports/:id/strangers', list, async (request, reply) => {
    const file = await findImport(request.em, request.params.id)
    return strangersPage(request, reply, file, request.query.after)
  })

  app.post('/imports/:id/strangers', choose, async (request, reply) => {
    const file = await findImport(request.em, request.params.id)
    const { id } = file
    const { from, to, ticked, do: button, after } = request.body
    const plan = await changePlan(request.em, file, async (em) => {
      if (button === 'all' || button === 'none') await tickAll(em, id, button === 'all')
      else await tickRows(em, id, { from, to }, ticked)
    })
    if (button === 'tick')
      return reply.page(
        'imports/ticked',
        { ...importHeading(file), file: { id, plan, state: file.state } },
        'imports/_ticked'
      )
    const isPlace = typeof button === 'number'
    return reply.seeOther(
      `/imports/${id}/strangers?after=${isPlace ? button : after}`,
      isPlace ? undefined : SAVED[button]
    )
  })
}

const SAVED = { all: 'All rows are ticked.', none: 'No rows are ticked.', save: 'Your ticks are saved.' } as const

async function strangersPage(request: FastifyRequest, reply: FastifyReply, file: FileImport, after: number) {
  const found = await listStrangers(request.em, file.id, after)
  const shown = found.slice(0, PAGE_SIZE)
  const next = found.length > PAGE_SIZE ? (shown.at(-1)?.number ?? null) : null
  return reply.page(
    'imports/strangers',
    { ...importHeading(file), file, found: shown, after, next },
    'imports/_strangers'
  )
}
