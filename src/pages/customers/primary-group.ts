import type { App } from '../../web/validation.ts'
import { offerPlacement } from './placing.ts'

/** Change primary group. */
export async function primaryGroupRoutes(app: App) {
  offerPlacement(app, '/customers/:id/primary-group', 'primary')
}
