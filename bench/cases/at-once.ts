import { type BarePageCase, compareWithBare, compareWithPlain } from '../bare/compare.ts'
import { customerCells, groupCells, noCells } from '../bare/template.ts'
import { shareOf, shareOfBare } from '../bars.ts'
import { type Case, FIGURES } from '../case.ts'
import type { Stage } from '../stage.ts'
import { customers, groups, inList, overview } from '../yardsticks.ts'

const BY_NAME = 'customer.name, customer.id'
const listOf = ({ facts }: Stage) => `/groups/${facts.groups.large.id}/customers`

/** The pages that are looked at all day, each with its leanest SQL. */
const PAGES: Record<string, (stage: Stage) => BarePageCase> = {
  groups: () => ({ path: '/groups', sql: groups('grouped.name, grouped.id'), cells: groupCells }),
  'customer-list': (stage) => ({
    path: listOf(stage),
    sql: customers(`customer.id in (${inList(stage.facts.groups.large.id)})`, BY_NAME),
    cells: customerCells
  }),
  customers: () => ({ path: '/customers', sql: customers('customer.id <> 1', BY_NAME), cells: customerCells }),
  picker: ({ facts }) => ({
    path: `/groups/${facts.groups.small.id}/add`,
    sql: customers('customer.id <> 1', BY_NAME),
    cells: customerCells
  }),
  overview: ({ facts }) => ({
    path: `/groups/${facts.groups.large.id}`,
    sql: wholeOverview(facts.groups.large.id),
    cells: noCells
  })
}

/** An overview with the data of its charts and its latest activity. */
function wholeOverview(group: number): string {
  return `select figures.*,
      (select jsonb_agg(kept) from overview_row kept where kept.group_id = ${group}) as charts,
      (select jsonb_agg(entry) from (select * from activity where group_id = ${group} order by at desc, id desc limit 20) entry) as entries
    from (${overview(group)}) figures`
}

/** What browsers accept: Chromium 109 over https and over plain http, and a current browser. */
const ENCODINGS = { br: 'gzip, deflate, br', gzip: 'gzip, deflate', current: 'gzip, deflate, br, zstd' }

export const atOnceCases: Case[] = [
  ...Object.entries(PAGES).map(([name, look]) => ({
    name: `at-16-connections/${name}`,
    bar: shareOfBare(0.5),
    needs: FIGURES,
    run: async (stage: Stage) => compareWithBare(stage, look(stage))
  })),
  ...Object.entries(ENCODINGS).map(([name, encodings]) => ({
    name: `compression/${name}`,
    bar: shareOf(0.9, 'uncompressed'),
    run: async (stage: Stage) => compareWithPlain(stage, listOf(stage), encodings)
  }))
]
