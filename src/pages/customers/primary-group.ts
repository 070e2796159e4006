import type { App } from '../../web/validation.ts'
import { offerPlacing } from './placing.ts'

/** Change primary group. */
export async function primaryGroupRoutes(app: App) {
  offerPlacing(app, '/customers/:id/primary-group', 'primary')
}
