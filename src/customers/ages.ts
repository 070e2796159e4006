import { sql } from 'kysely'

/** Whole years lived on a day; who was born on 29 February grows older on 1 March of other years. */
export function ageOn(today: string) {
  return sql`extract(year from age(${today}::date, customer.birth_date))::int`
}

/** The last birth date with which one is so old on a day. */
export function ageLimit(today: string, years: number) {
  return sql`(${today}::date - make_interval(years => ${years}::int))::date`
}
