import type { Health } from '../health/health.ts'
import type { App } from '../web/validation.ts'
import { activityRoutes } from './activity/index.ts'
import { apiDocsRoutes } from './api/docs.ts'
import { accountRoutes } from './customers/account.ts'
import { addCustomersRoutes } from './customers/add.ts'
import { adjustmentRoutes } from './customers/adjustments.ts'
import { choiceRoutes } from './customers/choices.ts'
import { deletionRoutes } from './customers/delete.ts'
import { customerEditRoutes } from './customers/edit.ts'
import { exportRoutes } from './customers/export.ts'
import { importIntoNamedRoutes } from './customers/import.ts'
import { customersRoutes } from './customers/index.ts'
import { listRoutes } from './customers/lists.ts'
import { locationRoutes } from './customers/locations.ts'
import { customerMenuRoutes } from './customers/menu.ts'
import { newCustomerRoutes } from './customers/new.ts'
import { orderRoutes } from './customers/orders.ts'
import { paymentRoutes } from './customers/payments.ts'
import { primaryGroupRoutes } from './customers/primary-group.ts'
import { removeCustomersRoutes } from './customers/remove.ts'
import { customerRoutes } from './customers/show.ts'
import { addRoutes } from './groups/add.ts'
import { compareRoutes } from './groups/compare.ts'
import { memberRoutes } from './groups/customers.ts'
import { groupDeletionRoutes } from './groups/delete.ts'
import { groupEditRoutes } from './groups/edit.ts'
import { importIntoGroupRoutes } from './groups/import.ts'
import { groupsRoutes } from './groups/index.ts'
import { groupMenuRoutes } from './groups/menu.ts'
import { newGroupRoutes } from './groups/new.ts'
import { productRoutes } from './groups/products.ts'
import { productFileRoutes } from './groups/products-file.ts'
import { removalRoutes } from './groups/removal.ts'
import { removeRoutes } from './groups/remove.ts'
import { overviewRoutes } from './groups/show.ts'
import { healthRoutes } from './health.ts'
import { changeRoutes } from './imports/changes.ts'
import { columnRoutes } from './imports/columns.ts'
import { dateRoutes } from './imports/dates.ts'
import { errorRoutes } from './imports/errors.ts'
import { importGroupRoutes } from './imports/groups.ts'
import { readingRoutes } from './imports/reading.ts'
import { rowRoutes } from './imports/row.ts'
import { rowsRoutes } from './imports/rows.ts'
import { importRoutes } from './imports/show.ts'
import { strangerRoutes } from './imports/strangers.ts'
import { registerUploads } from './imports/upload.ts'
import { keyRoutes } from './keys.ts'
import { linkRoutes } from './link.ts'
import { operationRoutes } from './operations/show.ts'
import { undoRoutes } from './operations/undo.ts'
import { profileRoutes } from './profile.ts'
import { reviewRoutes } from './review.ts'
import { setUpRoutes } from './set-up.ts'
import { settingsRoutes } from './settings/index.ts'
import { keyEndRoutes } from './settings/keys/end.ts'
import { shopEditRoutes } from './settings/shops/edit.ts'
import { newShopRoutes } from './settings/shops/new.ts'
import { shopRoutes } from './settings/shops/show.ts'
import { newTillRoutes } from './settings/shops/till.ts'
import { tillEditRoutes } from './settings/tills/edit.ts'
import { tillsRoutes } from './settings/tills/index.ts'
import { newKeyRoutes } from './settings/tills/key.ts'
import { tillRoutes } from './settings/tills/show.ts'
import { signedIn } from './shared/access.ts'
import { homeOf } from './shared/navigation.ts'
import { signInRoutes } from './sign-in.ts'
import { signOutRoutes } from './sign-out.ts'
import { staffEditRoutes } from './staff/edit.ts'
import { staffRoutes } from './staff/index.ts'
import { staffLinkRoutes } from './staff/link.ts'
import { invitationRoutes } from './staff/new.ts'
import type { SessionCookie } from './staff/session-cookie.ts'
import { tillScreenRoutes } from './till/index.ts'

interface RouteContext {
  publicUrl: string | undefined
  health: Health | undefined
  sessions: SessionCookie
}

/** Registers every page, and the addresses that its forms are sent to. */
export async function routes(app: App, { publicUrl, health, sessions }: RouteContext): Promise<void> {
  await healthRoutes(app, health)
  await keyRoutes(app)
  await reviewRoutes(app)
  await apiDocsRoutes(app)
  await signInRoutes(app, sessions)
  await signOutRoutes(app, sessions)
  await linkRoutes(app, sessions)
  await profileRoutes(app, sessions)
  await staffRoutes(app)
  await invitationRoutes(app, publicUrl)
  await staffEditRoutes(app)
  await staffLinkRoutes(app, publicUrl)
  await setUpRoutes(app, sessions)
  await settingsRoutes(app)
  await tillsRoutes(app)
  await newShopRoutes(app)
  await shopRoutes(app)
  await shopEditRoutes(app)
  await newTillRoutes(app)
  await tillRoutes(app)
  await tillEditRoutes(app)
  await newKeyRoutes(app)
  await keyEndRoutes(app)
  await groupsRoutes(app)
  await groupDeletionRoutes(app)
  await overviewRoutes(app)
  await compareRoutes(app)
  await newGroupRoutes(app)
  await groupEditRoutes(app)
  await groupMenuRoutes(app)
  await memberRoutes(app)
  await productRoutes(app)
  await productFileRoutes(app)
  await addRoutes(app)
  await removeRoutes(app)
  await removalRoutes(app)
  await operationRoutes(app)
  await undoRoutes(app)
  await registerUploads(app, (scope) => {
    importIntoGroupRoutes(scope)
    importIntoNamedRoutes(scope)
  })
  await importRoutes(app)
  await columnRoutes(app)
  await dateRoutes(app)
  await readingRoutes(app)
  await rowsRoutes(app)
  await rowRoutes(app)
  await errorRoutes(app)
  await changeRoutes(app)
  await importGroupRoutes(app)
  await strangerRoutes(app)
  await customersRoutes(app)
  await customerRoutes(app)
  await customerMenuRoutes(app)
  await newCustomerRoutes(app)
  await customerEditRoutes(app)
  await locationRoutes(app)
  await choiceRoutes(app)
  await listRoutes(app)
  await primaryGroupRoutes(app)
  await exportRoutes(app)
  await addCustomersRoutes(app)
  await removeCustomersRoutes(app)
  await orderRoutes(app)
  await accountRoutes(app)
  await paymentRoutes(app)
  await adjustmentRoutes(app)
  await deletionRoutes(app)
  await activityRoutes(app)
  await tillScreenRoutes(app, sessions)
  app.get('/', async (request, reply) => reply.redirect(homeOf(signedIn(request)), 303))
}
