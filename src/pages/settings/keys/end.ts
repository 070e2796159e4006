import type { FastifyRequest } from 'fastify'
import { idParams } from '../../../lib/fields.ts'
import { endKey } from '../../../tills/keys.ts'
import { findTill } from '../../../tills/queries.ts'
import type { Shop } from '../../../tills/shop.ts'
import type { Till } from '../../../tills/till.ts'
import { TillKey } from '../../../tills/till-key.ts'
import type { App } from '../../../web/validation.ts'
import { actorOf } from '../../shared/access.ts'
import { type SettingsPage, titled } from '../heading.ts'

declare module '../../../web/view.ts' {
  interface Views {
    'settings/keys/end': SettingsPage & { till: Till & { shop: Shop }; ending: TillKey; isValid: boolean }
  }
}

const one = { config: { role: 'admin' as const }, schema: { params: idParams } } as const

export async function keyEndRoutes(app: App) {
  app.get('/settings/keys/:id/end', one, async (request, reply) => {
    const { key, till } = await find(request, request.params.id)
    const page = { till, ending: key, isValid: key.isValid(request.now) }
    return reply.page('settings/keys/end', { ...titled(`End the key …${key.hint}?`), ...page }, 'settings/keys/_end')
  })

  app.post('/settings/keys/:id/ending', one, async (request, reply) => {
    const { key, till } = await find(request, request.params.id)
    await endKey(request.em, key, till, actorOf(request))
    return reply.seeOther(`/settings/tills/${till.id}`, `The key …${key.hint} was ended.`)
  })
}

async function find({ em }: FastifyRequest, id: number) {
  const key = await em.findOneOrFail(TillKey, id)
  return { key, till: await findTill(em, key.till.id) }
}
