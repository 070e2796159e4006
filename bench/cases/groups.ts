import { overSql } from '../bars.ts'
import { type Case, FIGURES } from '../case.ts'
import { pageCase, sameGroups } from '../pages.ts'
import { groups } from '../yardsticks.ts'

const SORTS: Record<string, string> = {
  name: 'grouped.name, grouped.id',
  kind: 'grouped.kind desc, grouped.id desc',
  customers: 'customers desc, grouped.id desc',
  average: 'average desc nulls last, grouped.id desc',
  top: 'top asc nulls last, grouped.id'
}

export const groupCases: Case[] = [
  ...Object.entries(SORTS).map(([sort, order]) =>
    pageCase({
      name: `groups/${sort}`,
      bar: overSql(4),
      needs: FIGURES,
      look: () => ({ path: `/groups${sort === 'name' ? '' : `?sort=${sort}`}`, sql: groups(order), says: sameGroups })
    })
  )
]
