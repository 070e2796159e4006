import type { FastifyReply, FastifyRequest } from 'fastify'
import type { CustomerFilter } from '../../customers/list/index.ts'
import { listLocations } from '../../customers/locations.ts'
import { listNames } from '../../groups/choices.ts'
import { wantsFragment } from '../../web/view.ts'

/** What the panel of a list's filter suggests; of groups none where the list is of one. */
export interface Panel {
  locations: string[]
  groups: string[] | null
}

declare module '../../web/view.ts' {
  interface Views {
    /** `picked` where people are picked: the view keeps it in the form. */
    'customers/_panel': { filter: CustomerFilter; panel: Panel; picked?: object }
  }
}

interface PanelRequest {
  filter: CustomerFilter
  /** False where the list is of one group. */
  hasGroups: boolean
}

/** More would weigh more than the list itself. */
const MOST_GROUPS = 35

const isAsked = ({ query }: FastifyRequest) => (query as { filters?: unknown }).filters === 'open'

/** The panel where a page shows it, as it is asked for or holds what can't be read; null while it is shut. */
export async function openPanel(request: FastifyRequest, { filter, hasGroups }: PanelRequest): Promise<Panel | null> {
  const isWrong = Object.keys(filter.errors).some((name) => name !== 'q')
  return isAsked(request) || isWrong ? suggestions(request, hasGroups) : null
}

/** The panel alone, for a page that opens it; null if it is the list that is asked for. */
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
  const [locations, groups] = await Promise.all([listLocations(em), hasGroups ? listNames(em, MOST_GROUPS) : null])
  return { locations, groups }
}
