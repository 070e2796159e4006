import { z } from 'zod'
import type { Em } from '../../db/orm.ts'
import { askForOverview, findOverviews, type Overview } from '../../figures/overview.ts'
import { findFigures, type GroupFigures } from '../../figures/queries.ts'
import { findByName, listNames } from '../../groups/choices.ts'
import { Group } from '../../groups/group.ts'
import { SETTINGS, type Setting } from '../../groups/settings.ts'
import { Refusal } from '../../lib/errors.ts'
import { id, line } from '../../lib/fields.ts'
import { withIds } from '../../lib/url.ts'
import type { App } from '../../web/validation.ts'
import { findTopProducts, type ProductComparison } from './compare-products.ts'
import { type Heading, heading } from './heading.ts'
import { type Refresh, SOON, WHILE_LOOKED_AT } from './patience.ts'

declare module '../../web/view.ts' {
  interface Views {
    'groups/compare': Heading & {
      compared: ComparedGroup[]
      settings: Setting[]
      products: ProductComparison[]
      /** The names of groups that can be added; empty if no more can. */
      names: string[]
      href: string
      refresh: Refresh
    }
  }
}

interface ComparedGroup {
  group: Group
  figures: GroupFigures
  /** Null while it is computed for the first time. */
  overview: Overview | null
  /** The address of the page without this group; null if only two are left. */
  without: string | null
}

const LEAST = 2
const MOST = 4
const PATH = '/groups/compare'
const HOW = 'Tick two, three or four groups in Customer Groups, then press Compare.'

/**
 * The ids, sent one by one by ticked boxes or several at once with commas. Values that are not ids become null, which
 * is treated like a deleted group.
 */
const several = z
  .unknown()
  .optional()
  .transform((sent) => [sent ?? []].flat().flatMap((one) => String(one).split(',')))
  .transform((all) => [...new Set(all.map((one) => id.safeParse(one).data ?? null))])
const name = line('The name', 200).catch('')
const compare = { schema: { querystring: z.object({ ids: several, with: name }) } } as const

export async function compareRoutes(app: App) {
  app.get(PATH, compare, async (request, reply) => {
    const { em, now, query } = request
    if (query.with) return reply.redirect(withIds(PATH, [...known(query.ids), await idOf(em, query.with)]), 303)
    const groups = await findGroups(em, query.ids)
    const ids = groups.map((group) => group.id)
    const overviews = await askForOverviews(em, ids, now)
    const compared = groups.map(async (group) => ({
      group,
      figures: await findFigures(em, group.id),
      overview: overviews.find(({ groupId }) => groupId === group.id) ?? null,
      without:
        groups.length > LEAST
          ? withIds(
              PATH,
              ids.filter((one) => one !== group.id)
            )
          : null
    }))
    const isWhole = overviews.length === ids.length && overviews.every(({ isStale }) => !isStale)
    return reply.page(
      'groups/compare',
      {
        ...heading('Compare'),
        compared: await Promise.all(compared),
        settings: SETTINGS,
        products: await findTopProducts(em, ids),
        names: groups.length < MOST ? await listNames(em) : [],
        href: withIds(PATH, ids),
        refresh: { seconds: isWhole ? WHILE_LOOKED_AT : SOON, byHand: overviews.length === ids.length }
      },
      'groups/_compare'
    )
  })
}

/** Finds the groups, in the order in which they were chosen. */
async function findGroups(em: Em, asked: (number | null)[]): Promise<Group[]> {
  if (asked.length < LEAST) throw new Refusal(422, `Choose at least two groups. ${HOW}`)
  if (asked.length > MOST) throw new Refusal(422, `You can compare up to four groups, not ${asked.length}. ${HOW}`)
  const ids = known(asked)
  const found = await em.find(Group, { id: { $in: ids } })
  const groups = ids.flatMap((one) => found.filter((group) => group.id === one))
  if (groups.length < asked.length) throw new Refusal(404, `One of these groups no longer exists. ${HOW}`)
  if (groups.some((group) => group.isWalkIn))
    throw new Refusal(422, `Walk-in is not counted in figures and rankings, so it can’t be compared. ${HOW}`)
  return groups
}

/** Finds the overviews of groups, and asks for those that are outdated or missing. */
async function askForOverviews(em: Em, ids: number[], now: Date): Promise<Overview[]> {
  const found = await findOverviews(em, ids, now)
  for (const one of ids) {
    if (found.find(({ groupId }) => groupId === one)?.isStale !== false) await askForOverview(em, one)
  }
  return found
}

async function idOf(em: Em, name: string): Promise<number> {
  const group = await findByName(em, name)
  if (!group) throw new Refusal(422, `There is no group called “${name}”. Go back and choose one of the names.`)
  return group.id
}

function known(ids: (number | null)[]): number[] {
  return ids.filter((one) => one !== null)
}
