import { z } from 'zod'
import type { App } from '../web/validation.ts'
import { tagged } from './etag.ts'
import { place } from './schemas/values.ts'

const shopSchema = z
  .object({
    name: z.string(),
    country: z.string().describe('Phone numbers without + are read with it.'),
    currency: z.string().describe('ISO 4217; all amounts are in it, tax included.'),
    time_zone: z.string(),
    locale: z.string(),
    shop: place,
    till: place,
    scopes: z.array(z.string()).describe('What this key may do.')
  })
  .meta({ id: 'Shop' })

const show = {
  schema: {
    operationId: 'getShop',
    summary: 'Which shop and till this key belongs to',
    tags: ['shop'],
    response: { 200: shopSchema }
  }
} as const

/** GET /shop */
export async function shopRoutes(app: App) {
  app.get('/shop', show, async (request, reply) => {
    const { retailer, shop, till, scopes } = request.holder
    const { name, country, currency, timeZone, locale } = retailer
    return tagged(request, reply, { name, country, currency, time_zone: timeZone, locale, shop, till, scopes })
  })
}
