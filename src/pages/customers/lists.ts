import type { App } from '../../web/validation.ts'
import { offerPlacing } from './placing.ts'

/** Add to list. */
export async function listRoutes(app: App) {
  offerPlacing(app, '/customers/:id/lists', 'list')
}
