import type pg from 'pg'
import { StartError } from '../config.ts'
import { WALK_IN_CUSTOMER } from '../db/fixed.ts'

export const SEEDED_NAME = 'Made-up Stores'

/** The mark is a comment on the table, so that the schema needs no column for it. */
const MARK = 'Filled by npm run seed'

interface DatabaseTraces {
  database: string
  name: string | null
  mark: string | null
  is_used: boolean
}

const TRACES = `
  select current_database() as database, (select name from retailer) as name,
    obj_description('retailer'::regclass, 'pg_class') as mark,
    exists (select from staff_member) or exists (select from customer where id <> ${WALK_IN_CUSTOMER})
      or exists (select from customer_group where system is null) or exists (select from sale) as is_used
`

/**
 * Refuses to overwrite anything but an empty database, a seeded one that still has its made-up name, or the retailer
 * whose name was given. A database that has people but no retailer yet is known by its own name.
 * @throws StartError
 */
export async function refuseRealRetailer(client: pg.Client, into: string | undefined): Promise<void> {
  const { rows } = await client.query<{ isThere: boolean }>(`select to_regclass('retailer') is not null as "isThere"`)
  if (!rows[0]?.isThere) return
  const found = await client.query<DatabaseTraces>(TRACES)
  const [traces] = found.rows
  if (!traces || (traces.name === null && !traces.is_used)) return
  if (traces.name === SEEDED_NAME && traces.mark === MARK) return
  const holder = traces.name ?? traces.database
  if (holder === into) return
  const whose = traces.name === null ? 'a retailer that has no name yet' : traces.name
  throw new StartError(
    `The database ${traces.database} holds ${whose}. To erase that and seed it, name it: --into ${JSON.stringify(holder)}`
  )
}

export async function markSeeded(client: pg.Client): Promise<void> {
  await client.query(`comment on table retailer is '${MARK}'`)
}
