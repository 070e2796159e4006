import { z } from 'zod'
import { idParams } from '../../../lib/fields.ts'
import type { Renaming } from '../../../tills/form.ts'
import { findTill } from '../../../tills/queries.ts'
import { renameTill } from '../../../tills/save.ts'
import type { Till } from '../../../tills/till.ts'
import type { App } from '../../../web/validation.ts'
import { actorOf } from '../../shared/access.ts'
import { rename, renamePage } from '../rename.ts'

const role = 'admin' as const
const one = { config: { role }, schema: { params: idParams } } as const
const change = { config: { role }, schema: { params: idParams, body: z.unknown() } } as const

function named({ id, label }: Till) {
  const path = `/settings/tills/${id}`
  return { what: 'till' as const, action: `${path}/edit`, back: { href: path, label } }
}

export async function tillEditRoutes(app: App) {
  app.get('/settings/tills/:id/edit', one, async (request, reply) => {
    const till = await findTill(request.em, request.params.id)
    return renamePage(reply, named(till), till)
  })

  app.post('/settings/tills/:id/edit', change, async (request, reply) => {
    const till = await findTill(request.em, request.params.id)
    const save = (form: Renaming) => renameTill(request.em, till, form, actorOf(request))
    return rename(request, reply, named(till), till, save)
  })
}
