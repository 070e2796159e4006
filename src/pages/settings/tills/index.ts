import { z } from 'zod'
import type { Page } from '../../../lib/paging.ts'
import { type Range, rangeOf } from '../../../lib/range.ts'
import { type ShopFilter, shopFilter } from '../../../tills/filter.ts'
import { type ListedShop, listShops } from '../../../tills/queries.ts'
import type { App } from '../../../web/validation.ts'
import { showList } from '../../shared/show-list.ts'
import { type SettingsPage, titled } from '../heading.ts'

declare module '../../../web/view.ts' {
  interface Views {
    'settings/tills/index': SettingsPage & {
      filter: ShopFilter
      path: string
      shops: Page<ListedShop>
      found: number
      total: number
      range: Range
    }
  }
}

const query = z.record(z.string(), z.unknown())
const list = { config: { role: 'admin' as const }, schema: { querystring: query } } as const

/** The shops; each leads to its tills, and these to their keys. */
export async function tillsRoutes(app: App) {
  app.get('/settings/tills', list, async (request, reply) => {
    const filter = shopFilter(request.query)
    const path = '/settings/tills'
    return showList(request, reply, {
      filter,
      path,
      find: async () => {
        const { shops, ...counts } = await listShops(request.em, filter, request.now)
        return { listed: shops, ...counts }
      },
      show: async ({ listed: shops, found, total }) => {
        const page = { filter, path, shops, found, total, range: rangeOf(shops, found) }
        return reply.page('settings/tills/index', { ...titled('Shops and tills'), ...page }, 'settings/tills/_list')
      }
    })
  })
}
