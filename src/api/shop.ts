import { z } from 'zod'
import type { App } from '../web/validation.ts'
import { rowId } from './schemas/values.ts'

const place = z.object({ id: rowId, name: z.string() })

const shopSchema = z
  .object({
    name: z.string(),
    currency: z.string().describe('ISO 4217; all amounts are in it, tax included.'),
    time_zone: z.string(),
    locale: z.string(),
    shop: place,
    till: place
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
  app.get('/shop', show, async ({ holder: { retailer, shop, till } }) => {
    const { name, currency, timeZone, locale } = retailer
    return { name, currency, time_zone: timeZone, locale, shop, till }
  })
}
