import { sql } from 'kysely'
import { EARLIEST_BIRTH } from '../customers/checks.ts'
import type { Em } from '../db/orm.ts'
import { row } from '../db/rows.ts'
import { FileImport } from './file-import.ts'
import { isWholeName } from './reading/headers.ts'
import { isSwappable } from './swap-names.ts'

/**
 * How a file's dates and names were interpreted, if they could be read in two ways. Rows are referred to by number,
 * because their contents are stored only with the rows and are erased with them.
 */
export interface Interpretation {
  dates: {
    /** The number of a row that serves as the example. */
    number: number
    /** The example can be read in this way only. */
    decides: boolean
    /** The number of rows that would be wrong if dates were read in the other way. */
    otherwiseWrong: number
  } | null
  names: {
    numbers: number[]
    count: number
    /** Why somebody should check the order; null if nothing speaks for the other order or somebody has chosen one. */
    doubt: Doubt | null
    isChosen: boolean
    /** The number of customers whose stored names are the other way round. It is above 0 for the doubt `known`. */
    known: number
  } | null
}

type Doubt = 'known' | 'mixed' | 'long' | 'usual'

/**
 * Stores how dates and names were interpreted. It must come after matchRows(), whose matches help to tell the order of
 * names.
 */
export async function keepInterpretation(
  em: Em,
  file: FileImport,
  retailer: { locale: string; today: string },
  isSwapped: boolean
) {
  const asRead: Interpretation = {
    dates: file.mapping.includes('birthDate') ? await interpretDates(em, file, retailer.today) : null,
    names: file.mapping.some(isWholeName) ? await interpretNames(em, file, retailer.locale, isSwapped) : null
  }
  await em.nativeUpdate(FileImport, { id: file.id, state: 'checking' }, { asRead })
}

const readable = ({ id }: FileImport) =>
  sql`import_row where import_id = ${sql.lit(id)} and passed_over is null and wrong is null`

async function interpretDates(em: Em, file: FileImport, today: string): Promise<Interpretation['dates']> {
  const [here, there] =
    file.isDayFirst === false ? [sql`month_first`, sql`day_first`] : [sql`day_first`, sql`month_first`]
  const isFine = (date: typeof here) => sql`coalesce(${date} between ${EARLIEST_BIRTH}::date and ${today}::date, false)`
  const found = await row(
    em,
    sql<{ decides: number | null; either: number | null; otherwiseWrong: number }>`
    select min(number) filter (where ${here} is not null and ${there} is null) as decides,
      min(number) filter (where ${here} <> ${there}) as either,
      (count(*) filter (where ${isFine(here)} and not ${isFine(there)}))::int as "otherwiseWrong"
    from ${readable(file)} and has_date
  `
  )
  if (!found) return null
  const { decides, either, otherwiseWrong } = found
  const number = decides ?? either
  return number === null ? null : { number, decides: decides !== null, otherwiseWrong }
}

/** A first and a last name together usually have two or three words. With this many, the split is a guess. */
const MANY_WORDS = 4
/** Languages in which the family name usually comes first. */
const LAST_FIRST = /^(?:zh|ja|ko|hu|vi)\b/

async function interpretNames(
  em: Em,
  file: FileImport,
  locale: string,
  isSwapped: boolean
): Promise<Interpretation['names']> {
  const words = sql`cardinality(string_to_array(btrim(first_name || ' ' || last_name), ' '))`
  const found = await row(
    em,
    sql<{ count: number; first: number | null; longest: number | null; isLong: boolean; commas: number }>`
    with several as materialized (
      select number, ${words} as words, ${isSwappable(file)} as swappable from ${readable(file)} and last_name <> ''
    )
    select (count(*) filter (where swappable))::int as count, (count(*) filter (where not swappable))::int as commas,
      min(number) filter (where swappable) as first,
      (select number from several where swappable order by words desc, number limit 1) as longest,
      coalesce(max(words) filter (where swappable) >= ${MANY_WORDS}, false) as "isLong"
    from several
  `
  )
  if (!found?.count) return null
  const { count, first, longest, isLong, commas } = found
  const known = await countSwapped(em)
  const isUsual = LAST_FIRST.test(locale) && file.mapping.includes('firstLast')
  const isChosen = isSwapped || (file.asRead?.names?.isChosen ?? false)
  const doubt = isChosen ? null : known ? 'known' : commas ? 'mixed' : isLong ? 'long' : isUsual ? 'usual' : null
  const numbers = [...new Set([first, longest].filter((number) => number !== null))]
  return { numbers, count, doubt, isChosen, known }
}

/** The number of matched rows that are compared. Comparing all rows of a large file would take seconds. */
const COMPARED = 2_000

/**
 * The number of existing customers whose names are stored the other way round; 0 if at least as many are stored as the
 * file has them.
 */
async function countSwapped(em: Em): Promise<number> {
  const is = (one: string, other: string) =>
    sql`search_text(entered.${sql.ref(one)}) = search_text(customer.${sql.ref(other)})`
  const found = await row(
    em,
    sql<{ fits: number; swapped: number }>`
    select (count(*) filter (where ${is('first_name', 'first_name')} and ${is('last_name', 'last_name')}))::int as fits,
      (count(*) filter (where ${is('first_name', 'last_name')} and ${is('last_name', 'first_name')}))::int as swapped
    from (
      select first_name, last_name, customer_id from fresh join entered using (number)
      where customer_id is not null and last_name <> '' limit ${COMPARED}
    ) entered join customer on customer.id = customer_id
  `
  )
  return found && found.swapped > found.fits ? found.swapped : 0
}
