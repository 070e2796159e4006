import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { idParams } from '../../../lib/fields.ts'
import { addTill } from '../../../tills/save.ts'
import { Shop } from '../../../tills/shop.ts'
import { labelOf } from '../../../tills/till.ts'
import type { App } from '../../../web/validation.ts'
import { addNamed } from '../add.ts'
import { namePage } from '../name-page.ts'

const role = 'admin' as const
const blank = { config: { role }, schema: { params: idParams } } as const
const create = { config: { role }, schema: { params: idParams, body: z.unknown() } } as const

function newTill({ id, name }: Shop) {
  const path = `/settings/shops/${id}`
  return { what: 'till' as const, action: `${path}/tills`, back: { href: path, label: name } }
}

/** A shop's new till. */
export async function newTillRoutes(app: App) {
  app.get('/settings/shops/:id/till', blank, async (request, reply) => {
    const shop = await request.em.findOneOrFail(Shop, request.params.id)
    return namePage(reply, newTill(shop), { form: { name: '' }, mark: { name: 'key', value: randomUUID() } })
  })

  app.post('/settings/shops/:id/tills', create, async (request, reply) => {
    const shop = await request.em.findOneOrFail(Shop, request.params.id)
    return addNamed(request, reply, {
      ...newTill(shop),
      add: async (em, name, actor) => `/settings/tills/${(await addTill(em, shop, name, actor)).id}`,
      said: (name) => `${labelOf(name)} was added to ${shop.name}. Now make its key.`
    })
  })
}
