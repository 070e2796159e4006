import type { App } from '../../web/validation.ts'
import { offerEntry } from './entry.ts'

/** Adjust Account. */
export async function adjustmentRoutes(app: App) {
  offerEntry(app, '/customers/:id/account/adjustments', 'adjustment')
}
