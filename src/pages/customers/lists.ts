import type { App } from '../../web/validation.ts'
import { offerPlacement } from './placing.ts'

/** Add to list. */
export async function listRoutes(app: App) {
  offerPlacement(app, '/customers/:id/lists', 'list')
}
