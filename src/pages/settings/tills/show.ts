import { idParams } from '../../../lib/fields.ts'
import { findTill, type ListedKey, listKeys } from '../../../tills/queries.ts'
import { setTillClosed } from '../../../tills/save.ts'
import { SCOPES } from '../../../tills/scopes.ts'
import type { Shop } from '../../../tills/shop.ts'
import type { Till } from '../../../tills/till.ts'
import type { App } from '../../../web/validation.ts'
import { actorOf } from '../../shared/access.ts'
import { type SettingsPage, titled } from '../heading.ts'

declare module '../../../web/view.ts' {
  interface Views {
    'settings/tills/show': SettingsPage & { till: Till & { shop: Shop }; keys: ListedKey[]; scopeNames: typeof SCOPES }
  }
}

const one = { config: { role: 'admin' as const }, schema: { params: idParams } } as const

export async function tillRoutes(app: App) {
  app.get('/settings/tills/:id', one, async (request, reply) => {
    const till = await findTill(request.em, request.params.id)
    const keys = await listKeys(request.em, till.id, request.now)
    return reply.page('settings/tills/show', { ...titled(till.label), till, keys, scopeNames: SCOPES })
  })

  app.post('/settings/tills/:id/closing', one, async (request, reply) => {
    const till = await findTill(request.em, request.params.id)
    await setTillClosed(request.em, till, true, actorOf(request))
    return reply.seeOther(`/settings/tills/${till.id}`, `${till.label} was closed. Its keys no longer work.`)
  })

  app.post('/settings/tills/:id/opening', one, async (request, reply) => {
    const till = await findTill(request.em, request.params.id)
    await setTillClosed(request.em, till, false, actorOf(request))
    const now = till.shop.isClosed ? `${till.shop.name} is still closed.` : 'Its keys work again.'
    return reply.seeOther(`/settings/tills/${till.id}`, `${till.label} was opened. ${now}`)
  })
}
