import { z } from 'zod'
import { idParams } from '../../../lib/fields.ts'
import type { Page } from '../../../lib/paging.ts'
import { type Range, rangeOf } from '../../../lib/range.ts'
import { type TillFilter, tillFilter } from '../../../tills/filter.ts'
import { type ListedTill, listTills } from '../../../tills/queries.ts'
import { setShopClosed } from '../../../tills/save.ts'
import { Shop } from '../../../tills/shop.ts'
import { labelOf } from '../../../tills/till.ts'
import type { App } from '../../../web/validation.ts'
import { actorOf } from '../../shared/access.ts'
import { showList } from '../../shared/show-list.ts'
import { type SettingsPage, titled } from '../heading.ts'

declare module '../../../web/view.ts' {
  interface Views {
    'settings/shops/show': SettingsPage & {
      shop: Shop
      filter: TillFilter
      path: string
      tills: Page<ListedTill>
      total: number
      range: Range
      labelOf: typeof labelOf
    }
  }
}

const role = 'admin' as const
const query = z.record(z.string(), z.unknown())
const show = { config: { role }, schema: { params: idParams, querystring: query } } as const
const one = { config: { role }, schema: { params: idParams } } as const

export async function shopRoutes(app: App) {
  app.get('/settings/shops/:id', show, async (request, reply) => {
    const { em, now } = request
    const shop = await em.findOneOrFail(Shop, request.params.id)
    const filter = tillFilter(request.query)
    const path = `/settings/shops/${shop.id}`
    return showList(request, reply, {
      filter,
      path,
      find: async () => {
        const { tills, total } = await listTills(em, shop.id, filter.place, now)
        return { listed: tills, total }
      },
      show: async ({ listed: tills, total }) => {
        const page = { shop, filter, path, tills, total, range: rangeOf(tills, total), labelOf }
        return reply.page('settings/shops/show', { ...titled(shop.name), ...page }, 'settings/shops/_list')
      }
    })
  })

  app.post('/settings/shops/:id/closing', one, async (request, reply) => {
    const shop = await request.em.findOneOrFail(Shop, request.params.id)
    await setShopClosed(request.em, shop, true, actorOf(request))
    return reply.seeOther(`/settings/shops/${shop.id}`, `${shop.name} was closed. Its tills’ keys no longer work.`)
  })

  app.post('/settings/shops/:id/opening', one, async (request, reply) => {
    const shop = await request.em.findOneOrFail(Shop, request.params.id)
    await setShopClosed(request.em, shop, false, actorOf(request))
    return reply.seeOther(`/settings/shops/${shop.id}`, `${shop.name} was opened. Its tills’ keys work again.`)
  })
}
