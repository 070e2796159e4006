import type { FastifyReply, FastifyRequest } from 'fastify'
import type { CustomerFilter } from '../../customers/list/index.ts'
import { listLocations } from '../../customers/locations.ts'
import { listNames } from '../../groups/choices.ts'
import { listShopNames, type ShopNames } from '../../tills/choices.ts'
import { wantsFragment } from '../../web/view.ts'

/** The suggestions in the panel of a list's filter. `groups` is null if the list is that of one group. */
export interface Panel {
  locations: string[]
  shops: ShopNames
  groups: string[] | null
}

declare module '../../web/view.ts' {
  interface Views {
    /** `picked` is the picker that the panel is part of, if it is. The view keeps it in the form. */
    'customers/_panel': { filter: CustomerFilter; panel: Panel; picked?: object }
  }
}

interface PanelRequest {
  filter: CustomerFilter
  /** False if the list is that of one group. */
  hasGroups: boolean
}

/** The most groups to suggest. More would be larger than the list itself. */
const MOST_GROUPS = 35

const isAsked = ({ query }: FastifyRequest) => (query as { filters?: unknown }).filters === 'open'

/** The panel of a page if it is asked for or has errors; null if it stays closed. */
export async function openPanel(request: FastifyRequest, { filter, hasGroups }: PanelRequest): Promise<Panel | null> {
  const isWrong = Object.keys(filter.errors).some((name) => name !== 'q')
  return isAsked(request) || isWrong ? suggestions(request, hasGroups) : null
}

/** Answers with the panel alone if a page asks for it; null if the list is asked for. */
export async function panelPart(
  request: FastifyRequest,
  reply: FastifyReply,
  { filter, hasGroups, picked }: PanelRequest & { picked?: object }
): Promise<string | null> {
  if (!isAsked(request) || !wantsFragment(request)) return null
  const panel = await suggestions(request, hasGroups)
  return reply.page('customers/_panel', { filter, panel, ...(picked && { picked }) }, 'customers/_panel')
}

async function suggestions({ em }: FastifyRequest, hasGroups: boolean): Promise<Panel> {
  const [locations, shops, groups] = await Promise.all([
    listLocations(em),
    listShopNames(em),
    hasGroups ? listNames(em, MOST_GROUPS) : null
  ])
  return { locations, shops, groups }
}
