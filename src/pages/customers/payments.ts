import type { App } from '../../web/validation.ts'
import { offerEntry } from './entry.ts'

/** Record Payment. */
export async function paymentRoutes(app: App) {
  offerEntry(app, '/customers/:id/account/payments', 'payment')
}
