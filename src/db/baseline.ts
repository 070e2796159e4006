import { readdirSync } from 'node:fs'
import type { MikroORM } from '@mikro-orm/postgresql'
import { CannotGoOn } from './cannot-go-on.ts'

export const MIGRATIONS = new URL('../../migrations', import.meta.url).pathname

/**
 * The last commit that has the migrations from before the baseline. It brings an older database to where the baseline
 * begins.
 */
export const LAST_BEFORE = 'c438034'

/**
 * The names of the migrations from before the baseline. Together they made what the numbered migrations of today make.
 */
export const BEFORE = [
  '20261125T1000_open_the_shop',
  '20261125T1010_customers_and_groups',
  '20261125T1020_sales_and_accounts',
  '20261125T1030_figures',
  '20261125T1040_lists',
  '20261125T1045_primary_groups',
  '20261125T1050_period_rankings',
  '20261125T1070_activity',
  '20261125T1080_bulk_operations',
  '20261125T1085_sales_by_index',
  '20261125T1090_overviews',
  '20261125T1100_imports',
  '20261127T1000_sales_in_one_step',
  '20261130T1010_form_keys_know_their_form',
  '20261130T1020_statistics_without_people',
  '20261201T1200_whom_operations_changed',
  '20261201T1210_places',
  '20261201T1500_imports_of_strangers',
  '20261201T1600_imports_say_what_they_read',
  '20261201T1700_balances_of_accounts',
  '20261201T1710_how_payments_were_made',
  '20261201T1900_selections_of_whole_places'
]

/**
 * The last migration of the baseline, whose migrations read like the data model. Those after it change what it made.
 */
export const LAST_OF_BASELINE = '14_first_rows'

const baseline = () =>
  readdirSync(MIGRATIONS)
    .map((file) => file.replace(/\.ts$/, ''))
    .filter((name) => name <= LAST_OF_BASELINE)

/**
 * Records the baseline as run in a database that the older migrations built, and refuses a database that lacks some of
 * them. The old names stay on record, so that an older process beside this one, or after it, does not run its
 * migrations again.
 */
export async function recogniseBaseline({ em }: MikroORM): Promise<void> {
  const [found] = await em.execute<{ table: string | null }[]>(`select to_regclass('migration')::text as table`)
  if (!found?.table) return
  const recorded = await em.execute<{ name: string }[]>('select name from migration')
  const names = new Set(recorded.map(({ name }) => name))
  const isFrom = BEFORE.filter((name) => names.has(name))
  if (isFrom.length === 0) return
  if (isFrom.length < BEFORE.length) throw new CannotGoOn('it is from an older Clientele', OLDER)
  const missing = baseline().filter((name) => !names.has(name))
  if (missing.length > 0)
    await em.execute(`insert into migration (name) values ${missing.map(() => '(?)').join(', ')}`, missing)
}

const OLDER = `This database is from an older Clientele, and nothing in it was changed. To go on, bring it up to date with an earlier version first: git checkout ${LAST_BEFORE} && npm ci && npm run migrate. Then come back: git checkout - && npm ci && npm start.`
