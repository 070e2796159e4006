import { z } from 'zod'
import { Customer } from '../../customers/customer.ts'
import type { Group } from '../../groups/group.ts'
import { findGroup } from '../../groups/queries.ts'
import { mayRemove } from '../../groups/rights.ts'
import { id, idParams } from '../../lib/fields.ts'
import { type MenuItem, rowMenu } from '../../web/menu.ts'
import { lastListUrl } from '../../web/url.ts'
import type { App } from '../../web/validation.ts'
import { signedIn } from '../shared/access.ts'

const menu = { schema: { params: idParams, querystring: z.object({ group: id.optional() }) } } as const

/** The quick settings of a customer in a list of all customers, or of a group. */
export async function customerMenuRoutes(app: App) {
  app.get('/customers/:id/menu', menu, async (request, reply) => {
    const { em, params, query } = request
    const customer = await em.findOneOrFail(Customer, params.id)
    const group = query.group === undefined ? null : await findGroup(em, query.group)
    const list = lastListUrl(request, group ? `/groups/${group.id}/customers` : '/customers')
    const user = signedIn(request)
    const leaves = group && (await mayRemove(em, group, user)) ? group : null
    const items = itemsFor(customer, group, leaves, list, user.may('manager'))
    return rowMenu(
      reply,
      { label: `Quick settings for ${customer.name}`, icon: 'settings', items },
      { active: group ? 'groups' : 'customers', back: { href: list, label: group?.name ?? 'Customers' } }
    )
  })
}

/** The items of the menu. `leaves` is the group that the user may remove the customer from. */
function itemsFor(
  customer: Customer,
  group: Group | null,
  leaves: Group | null,
  list: string,
  mayDelete: boolean
): MenuItem[] {
  const path = `/customers/${customer.id}`
  const back = `?back=${encodeURIComponent(list)}`
  const items: MenuItem[] = [
    { label: 'Order History', href: `${path}/orders`, icon: 'receipt-text' },
    { label: 'Account History', href: `${path}/account`, icon: 'wallet' }
  ]
  if (customer.isWalkIn) return items
  items.unshift({ label: 'Edit Customer', href: `${path}/edit${back}`, icon: 'pencil', dialog: true })
  if (!group) items.push({ label: 'Add to list...', href: `${path}/lists${back}`, icon: 'user-plus', dialog: true })
  if (leaves) {
    const href = `/groups/${leaves.id}/customers/removal`
    // The button disappears along with its row, so the focus goes to the list.
    const fields = { ids: customer.id, back: `${list}#list` }
    items.push({ label: 'Remove from group', href, icon: 'user-minus', post: true, fields })
  }
  if (mayDelete)
    items.push('line', {
      label: 'Delete customer...',
      href: `${path}/delete${back}`,
      icon: 'trash',
      danger: true,
      dialog: true
    })
  return items
}
