import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { addImportedCustomers } from '../../bulk/add-customers.ts'
import { chooseDetails } from '../../imports/choose-details.ts'
import type { FileImport } from '../../imports/file-import.ts'
import { endImport } from '../../imports/keep-import.ts'
import { findImport } from '../../imports/queries.ts'
import { RuleError } from '../../lib/errors.ts'
import { idParams } from '../../lib/fields.ts'
import type { App } from '../../web/validation.ts'
import { wantsFragment } from '../../web/view.ts'
import { actorOf } from '../shared/access.ts'
import { importPage } from './import-page.ts'

const config = { role: 'manager' as const }
const show = { config, schema: { params: idParams } } as const
const details = {
  config,
  schema: { params: idParams, body: z.object({ updates: z.stringbool().catch(false) }) }
} as const

/** The page of an import: its progress, its questions, its plan, and its result. */
export async function importRoutes(app: App) {
  app.get('/imports/:id', show, async (request, reply) => {
    return importPage(request, reply, await findSettled(request, request.params.id))
  })

  app.post('/imports/:id/additions', show, async (request, reply) => {
    const file = await findImport(request.em, request.params.id)
    try {
      await addImportedCustomers(request.em, file, actorOf(request))
      return reply.seeOther(`/imports/${file.id}`)
    } catch (error) {
      if (!(error instanceof RuleError && file.state === 'planned')) throw error
      return importPage(request, reply.code(409), file, { refusal: error.message })
    }
  })

  app.post('/imports/:id/details', details, async (request, reply) => {
    const file = await findImport(request.em, request.params.id)
    await chooseDetails(request.em, file, request.body.updates)
    return reply.seeOther(`/imports/${file.id}`)
  })

  app.post('/imports/:id/cancel', show, async (request, reply) => {
    const file = await findImport(request.em, request.params.id)
    if (!(await endImport(request.em, file.id, null, request.now))) return reply.seeOther(`/imports/${file.id}`)
    return reply.seeOther(file.home, `The import of ${file.fileName} was cancelled. No customers were added.`)
  })
}

/** How long a page waits for a small file, before it says that the file is being read. */
const PATIENCE_MS = 900
const LOOK_EVERY_MS = 30

/** Finds an import. While it is busy, a whole page waits a moment for it. */
async function findSettled(request: FastifyRequest, id: number): Promise<FileImport> {
  let file = await findImport(request.em, id)
  const isPatient = !wantsFragment(request)
  for (let waited = 0; isPatient && file.isBusy && waited < PATIENCE_MS; waited += LOOK_EVERY_MS) {
    await sleep(LOOK_EVERY_MS)
    file = await findImport(request.em, id)
  }
  return file
}
