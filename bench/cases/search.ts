import { under } from '../bars.ts'
import type { Case } from '../case.ts'
import type { Facts } from '../facts.ts'
import { pageCase } from '../pages.ts'
import type { Stage } from '../stage.ts'
import { customers, like } from '../yardsticks.ts'
import { together } from './lists.ts'

/** What is typed into the search of all customers, and what it means: one or two letters begin a word of the name. */
const SEARCHES: Record<string, (facts: Facts) => [typed: string, part: string]> = {
  'rare-name': ({ rareName }) => [rareName, rareName],
  'common-name': () => ['mar', 'mar'],
  'two-letters': () => ['ma', ' ma'],
  'two-rare-letters': () => ['qx', ' qx'],
  'phone-digits': () => ['9123', '9123'],
  'email-part': ({ emailPart }) => [emailPart, emailPart],
  'email-without-trigram': () => ['ra.9', 'ra.9'],
  nothing: () => ['zzqqzz', 'zzqqzz']
}

export const searchCases: Case[] = [
  ...Object.entries(SEARCHES).map(([name, words]) =>
    pageCase({
      name: `search/${name}`,
      bar: under(150),
      look: async (stage) => {
        const [typed, part] = words(stage.facts)
        const path = `/customers?${new URLSearchParams({ q: typed })}`
        return { path, sql: customers(like(await asKept(stage, part)), 'customer.name, customer.id') }
      }
    })
  ),
  together('search/', under(30))
]

/** Where the haystack is kept without signs, what is looked for has none either; the space before a word stays. */
async function asKept({ client }: Stage, part: string): Promise<string> {
  const { rows } = await client.query(`select to_regproc('solid_text') is not null as "hasNone"`)
  if (!rows[0].hasNone) return part
  const found = await client.query('select solid_text($1) as part', [part.trim()])
  return part.replace(part.trim(), () => found.rows[0].part)
}
