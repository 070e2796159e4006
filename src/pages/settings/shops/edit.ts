import { z } from 'zod'
import { idParams } from '../../../lib/fields.ts'
import type { Renaming } from '../../../tills/form.ts'
import { renameShop } from '../../../tills/save.ts'
import { Shop } from '../../../tills/shop.ts'
import type { App } from '../../../web/validation.ts'
import { actorOf } from '../../shared/access.ts'
import { rename, renamePage } from '../rename.ts'

const role = 'admin' as const
const one = { config: { role }, schema: { params: idParams } } as const
const change = { config: { role }, schema: { params: idParams, body: z.unknown() } } as const

function named({ id, name }: Shop) {
  const path = `/settings/shops/${id}`
  return { what: 'shop' as const, action: `${path}/edit`, back: { href: path, label: name } }
}

export async function shopEditRoutes(app: App) {
  app.get('/settings/shops/:id/edit', one, async (request, reply) => {
    const shop = await request.em.findOneOrFail(Shop, request.params.id)
    return renamePage(reply, named(shop), shop)
  })

  app.post('/settings/shops/:id/edit', change, async (request, reply) => {
    const shop = await request.em.findOneOrFail(Shop, request.params.id)
    const save = (form: Renaming) => renameShop(request.em, shop, form, actorOf(request))
    return rename(request, reply, named(shop), shop, save)
  })
}
