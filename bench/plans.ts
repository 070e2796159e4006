import pg from 'pg'
import { buildApp } from '../src/app.ts'
import { isMarked } from '../src/db/prepared.ts'
import { createOrm } from '../src/entities.ts'

/** Tables with fewer rows are rightly read from end to end. */
const BIG_ROWS = 50_000

const BIG = `
  select relname from pg_class
  where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and reltuples >= ${BIG_ROWS}
`

/** A query whose plan PostgreSQL can explain. A prepared one begins with a mark. */
const READS = /^\s*(\/\*.*?\*\/)?\s*(select|with)\b/i

interface Query {
  text: string
  values: unknown[]
  /** The planner's settings of its connection, such as those of src/db/by-index.ts. */
  options: string
}

interface Plan {
  'Node Type': string
  'Relation Name'?: string
  Plans?: Plan[]
}

/**
 * Finds the big tables that a page reads from end to end. The page is rendered again by the same code in this process,
 * its queries are recorded, and PostgreSQL explains the plan of each. Unlike the counters of pg_stat_user_tables, which
 * an idle connection reports only after ten seconds, this needs no waiting and tells which query it was.
 */
export async function openPlans(url: string, cookie: string) {
  const orm = createOrm(url)
  const app = await buildApp({ orm, config: { TRUST_PROXY: false, LOG_LEVEL: 'silent' } })
  const clients = new Map<string, pg.Client>()
  const clientWith = async (options: string): Promise<pg.Client> => {
    const client = clients.get(options) ?? new pg.Client({ connectionString: url, options })
    if (!clients.has(options)) await client.connect()
    clients.set(options, client)
    return client
  }
  const { rows: found } = await (await clientWith('')).query<{ relname: string }>(BIG)
  const big = new Set(found.map(({ relname }) => relname))

  /** The query is explained with the planner settings of the connection that asked it. */
  const scannedOf = async ({ text, values, options }: Query): Promise<string[]> => {
    if (!READS.test(text)) return []
    const client = await clientWith(options)
    // A prepared query soon has one plan for all values.
    const { rows } = isMarked(text)
      ? await client.query(`explain (generic_plan, format json) ${text}`)
      : await client.query(`explain (format json) ${text}`, values)
    return scannedBy(rows[0]['QUERY PLAN'][0].Plan)
  }

  return {
    async scansOf(path: string): Promise<string[]> {
      const queries = await recordQueries(async () => void (await app.inject({ url: path, headers: { cookie } })))
      const scanned = new Set<string>()
      for (const query of queries) for (const table of await scannedOf(query)) if (big.has(table)) scanned.add(table)
      return [...scanned].map((table) => `reads all of ${table}`)
    },

    async close(): Promise<void> {
      for (const client of clients.values()) await client.end()
      await app.close()
      await orm.close()
    }
  }
}

export type Plans = Awaited<ReturnType<typeof openPlans>>

function scannedBy({ 'Node Type': type, 'Relation Name': table, Plans: below = [] }: Plan): string[] {
  return [...(type === 'Seq Scan' && table ? [table] : []), ...below.flatMap(scannedBy)]
}

/** Records all queries that this process sends to PostgreSQL while `work` runs. */
async function recordQueries(work: () => Promise<void>): Promise<Query[]> {
  const queries: Query[] = []
  const { prototype } = pg.Client
  const { query } = prototype
  prototype.query = function (this: pg.Client, ...args: [string | Query, ...unknown[]]) {
    const [given, values] = args
    const text = typeof given === 'string' ? given : given.text
    const options = String(Reflect.get(Reflect.get(this, 'connectionParameters'), 'options') ?? '')
    queries.push({
      text,
      values: (Array.isArray(values) ? values : typeof given === 'object' && given.values) || [],
      options
    })
    return Reflect.apply(query, this, args)
  } as typeof query
  try {
    await work()
    // This happens if there is a second copy of `pg`, to which nobody listens.
    if (queries.length === 0) throw new Error('No query of the page was noted')
    return queries
  } finally {
    prototype.query = query
  }
}
