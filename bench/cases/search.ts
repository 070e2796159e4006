import pg from 'pg'
import { atLeast, under } from '../bars.ts'
import type { Case } from '../case.ts'
import type { Facts } from '../facts.ts'
import { type Look, pageCase } from '../pages.ts'
import { fitting, like } from '../search-yardsticks.ts'
import type { Stage } from '../stage.ts'
import { customers } from '../yardsticks.ts'
import { medianOfAll } from './lists.ts'
import { isOffered, slipOf, slipsOf } from './slips.ts'

type Searches = Record<string, (facts: Facts) => [typed: string, part: string]>

/**
 * What is typed into the search of all customers, and the text it stands for: one or two letters begin a word of the
 * name.
 */
const SEARCHES: Searches = {
  'rare-name': ({ rareName }) => [rareName, rareName],
  'common-name': () => ['mar', 'mar'],
  'two-letters': () => ['ma', ' ma'],
  'two-rare-letters': () => ['qx', ' qx'],
  'phone-digits': () => ['9123', '9123'],
  'three-digits': () => ['555', '555'],
  'with-prefix': () => ['01864', '01864'],
  'email-part': ({ emailPart }) => [emailPart, emailPart],
  'email-without-trigram': () => ['ra.9', 'ra.9'],
  nothing: () => ['zzqqzz', 'zzqqzz']
}

/** A search ranks 200 customers, and this is the position after which the last page begins, whoever stands there. */
const LAST_PAGE = 175
const ANYBODY = 2_147_483_647

export const searchCases: Case[] = [
  ...Object.entries(SEARCHES).flatMap(([name, words]) => [
    pageCase({ name: `search/${name}`, bar: under(150), look: (stage) => best(stage, words(stage.facts)) })
  ]),
  pageCase({ name: 'search/common-name/last-page', bar: under(150), look: (stage) => lastPage(stage, ['mar', 'mar']) }),
  pageCase({ name: 'search/common-name/by-name', bar: under(150), look: (stage) => byName(stage, ['mar', 'mar']) }),
  medianOfAll('search/', under(30)),
  pageCase({ name: 'did-you-mean/page', bar: under(150), look: ({ facts }) => slip(facts.rareName) }),
  { name: 'did-you-mean/offered', bar: atLeast(90, '%'), run: measureOffers }
]

async function best(stage: Stage, [typed, part]: [string, string]): Promise<Look> {
  const kept = await asStored(stage, part)
  const order = `${fitting(kept.trim())}, customer.name, customer.id`
  const sql = customers(await conditionOf(stage, kept), order)
  return { path: `/customers?${new URLSearchParams({ q: typed })}`, sql }
}

async function lastPage(stage: Stage, words: [string, string]): Promise<Look> {
  const { path, sql } = await best(stage, words)
  const after = Buffer.from(JSON.stringify([String(LAST_PAGE), ANYBODY])).toString('base64url')
  return { path: `${path}&after=${after}`, sql: `${sql} offset ${LAST_PAGE}` }
}

async function byName(stage: Stage, [typed, part]: [string, string]): Promise<Look> {
  const sql = customers(like(await asStored(stage, part)), 'customer.name, customer.id')
  return { path: `/customers?${new URLSearchParams({ q: typed, sort: 'name' })}`, sql }
}

/** A 0 at the beginning may also be the prefix of a national number. */
async function conditionOf({ client }: Stage, part: string): Promise<string> {
  const found = like(part)
  if (!/^0[1-9]/.test(part)) return found
  const rest = pg.escapeLiteral(`%${part.slice(1)}%`)
  const begun = `select array_agg(id) as ids from customer where phone like ${rest} and ${fitting(part)} = 1`
  const { rows } = await client.query(begun)
  return `(${found} or customer.id = any('{${(rows[0].ids ?? []).join()}}'))`
}

/**
 * The text as it is stored. If the stored text has no signs such as accents, the text to search for loses them too; the
 * space before a word stays.
 */
async function asStored({ client }: Stage, part: string): Promise<string> {
  const { rows } = await client.query(`select to_regproc('solid_text') is not null as "hasNone"`)
  if (!rows[0].hasNone) return part
  const found = await client.query('select solid_text($1) as part', [part.trim()])
  return part.replace(part.trim(), () => found.rows[0].part)
}

/**
 * A search with a slip in it. Its yardstick compares trigrams, which needs no table of slips but looks at everybody who
 * shares some of them.
 */
function slip(name: string): Look {
  const typed = slipOf(name, 1)
  const alike = `word_similarity(${pg.escapeLiteral(typed)}, haystack)`
  return {
    path: `/customers?${new URLSearchParams({ q: typed })}`,
    sql: `select id, name from customer where ${pg.escapeLiteral(typed)} <% haystack order by ${alike} desc limit 3`,
    says: (html) => isOffered(html, name)
  }
}

/** Among searches for a name with a slip in it that find nobody, the share that are offered that name, in percent. */
async function measureOffers({ client, visitor }: Stage) {
  const pages: boolean[] = []
  for (const { typed, name } of await slipsOf(client)) {
    const html = await visitor.get(`/customers?${new URLSearchParams({ q: typed })}`)
    if (html.includes('No customers match')) pages.push(isOffered(html, name))
  }
  const share = (100 * pages.filter(Boolean).length) / pages.length
  const flaws = pages.length < 50 ? [`only ${pages.length} slips found nobody`] : []
  return { unit: '%' as const, median: share, p99: null, yardstick: null, flaws }
}
