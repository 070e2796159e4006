import type { FastifyRequest } from 'fastify'
import { sql } from 'kysely'
import { prepared } from '../db/prepared.ts'
import { rows } from '../db/rows.ts'
import { FIGURES, WAITING_SINCE } from '../figures/queries.ts'
import { SETTINGS_AS_KEPT } from '../groups/settings.ts'
import { decimalsOf, withDecimals } from '../lib/money.ts'
import { inUtc } from './read-customers.ts'
import type { GroupAnswer } from './schemas/group.ts'

type Row = Omit<GroupAnswer, 'settings' | 'average_spend' | 'as_of'> & {
  settings: Record<string, boolean | string | null>
  average: string | null
  waitingSince: string | null
}

/** Groups with their figures, in the order of their ids as given. */
export async function readGroups(request: FastifyRequest, ids: number[]): Promise<GroupAnswer[]> {
  const { em, now, holder } = request
  const found = await rows(
    em,
    prepared(sql<Row>`
    select grouped.id, name, description, kind, system, settled.settings, coalesce(figures.customers, 0) as customers,
      figures.average, figures.top_product, (${WAITING_SINCE}) as "waitingSince"
    from json_array_elements_text(${JSON.stringify(ids)}::json) with ordinality asked (id, place)
    join customer_group grouped on grouped.id = asked.id::integer
    left join ${FIGURES} figures on figures.group_id = grouped.id
    cross join lateral (
      select to_json(kept) as settings from (
        select ${SETTINGS_AS_KEPT} from customer_group own where own.id = grouped.id
      ) kept
    ) settled
    order by asked.place
  `)
  )
  const decimals = decimalsOf(holder.retailer.currency)
  return found.map(({ settings, average, waitingSince, ...group }) => ({
    id: group.id,
    name: group.name,
    description: group.description,
    kind: group.kind,
    system: group.system,
    ...(group.kind === 'primary' && { settings }),
    customers: group.customers,
    average_spend: average && withDecimals(rounded(average, decimals), decimals),
    top_product: group.top_product,
    as_of: waitingSince === null ? now.toISOString() : inUtc(waitingSince)
  }))
}

/** An average has more decimals than money. */
const rounded = (value: string, decimals: number): string =>
  new Intl.NumberFormat('en', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    useGrouping: false
  }).format(value as Intl.StringNumericLiteral)
