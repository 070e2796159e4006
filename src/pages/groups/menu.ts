import type { Group } from '../../groups/group.ts'
import { findGroup } from '../../groups/queries.ts'
import { idParams } from '../../lib/fields.ts'
import { type MenuItem, rowMenu } from '../../web/menu.ts'
import { lastListUrl } from '../../web/url.ts'
import type { App } from '../../web/validation.ts'

const menu = { config: { role: 'manager' as const }, schema: { params: idParams } } as const

/** The options of a group in the list of groups. */
export async function groupMenuRoutes(app: App) {
  app.get('/groups/:id/menu', menu, async (request, reply) => {
    const group = await findGroup(request.em, request.params.id)
    return rowMenu(
      reply,
      { label: `Options for ${group.name}`, icon: 'ellipsis-vertical', items: itemsFor(group) },
      { active: 'groups', back: { href: lastListUrl(request, '/groups'), label: 'Customer Groups' } }
    )
  })
}

function itemsFor(group: Group): MenuItem[] {
  const path = `/groups/${group.id}`
  const kind = group.isList ? 'List' : 'Group'
  const edit: MenuItem = { label: `Edit ${kind}`, href: `${path}/edit`, icon: 'pencil', dialog: true }
  if (group.system) return [edit]
  return [edit, 'line', { label: `Delete ${kind}`, href: `${path}/delete`, icon: 'trash', danger: true, dialog: true }]
}
