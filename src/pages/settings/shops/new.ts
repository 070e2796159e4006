import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { addShop } from '../../../tills/save.ts'
import type { App } from '../../../web/validation.ts'
import { addNamed } from '../add.ts'
import { namePage } from '../name-page.ts'

const role = 'admin' as const
const blank = { config: { role } } as const
const create = { config: { role }, schema: { body: z.unknown() } } as const

const NEW_SHOP = {
  what: 'shop' as const,
  action: '/settings/shops',
  back: { href: '/settings/tills', label: 'Shops and tills' }
}

export async function newShopRoutes(app: App) {
  app.get('/settings/shops/new', blank, async (_request, reply) => {
    return namePage(reply, NEW_SHOP, { form: { name: '' }, mark: { name: 'key', value: randomUUID() } })
  })

  app.post('/settings/shops', create, async (request, reply) => {
    return addNamed(request, reply, {
      ...NEW_SHOP,
      add: async (em, name, actor) => `/settings/shops/${(await addShop(em, name, actor)).id}`,
      said: (name) => `${name} was added. Now add its tills.`
    })
  })
}
