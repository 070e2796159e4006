import { DEFAULT_GROUP, WALK_IN_CUSTOMER, WALK_IN_GROUP } from '../db/fixed.ts'
import { calendarTo, DAYS, inTheMorning } from './calendar.ts'
import { Dice, keyOf, shuffle } from './dice.ts'
import { countPrimary, dayOfList, isGuarded, listsWithSizes } from './groups.ts'
import type { Options } from './options.ts'
import { dayOfJoining, FIRST_CUSTOMER } from './people.ts'
import { primarySizes } from './sizes.ts'
import { MANAGER } from './staff.ts'

export const PRIMARY_COLUMNS = 'primary_membership (customer_id, group_id, joined_at, joined_by)'
export const LIST_COLUMNS = 'list_membership (group_id, customer_id, joined_at, joined_by)'

/** Which primary group a customer is in. The customers are shuffled and cut into pieces of the groups' sizes. */
export function primaryGroups(options: Options): (customer: number) => number {
  const groups = [DEFAULT_GROUP, ...idsBetween(WALK_IN_GROUP + 1, countPrimary(options))]
  let end = 0
  const ends = primarySizes(options.customers, groups.length).map((size) => {
    end += size
    return end
  })
  const order = shuffle(options.customers, keyOf(options.seed, 'primary groups'))
  return (customer) => {
    if (customer === WALK_IN_CUSTOMER) return WALK_IN_GROUP
    const place = order(customer - FIRST_CUSTOMER)
    return groups[ends.findIndex((end) => place < end)] ?? DEFAULT_GROUP
  }
}

function idsBetween(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, place) => first + place)
}

export function* primaryRows(options: Options): Generator<string> {
  const calendar = calendarTo(options.today)
  const groupOf = primaryGroups(options)
  const dice = new Dice(options.seed, 'primary membership')
  yield `${WALK_IN_CUSTOMER}\t${WALK_IN_GROUP}\t${calendar.moment(inTheMorning(0))}\t\\N\n`
  for (let id = FIRST_CUSTOMER; id < FIRST_CUSTOMER + options.customers; id++) {
    const group = groupOf(id)
    const came = dayOfJoining(id, options)
    const joined = group === DEFAULT_GROUP || dice.for(id).happens(0.6) ? came : later(came, dice)
    const by = isGuarded(group) ? MANAGER : '\\N'
    yield `${id}\t${group}\t${calendar.moment(inTheMorning(joined))}\t${by}\n`
  }
}

/**
 * Each list draws its members anew: a list of n holds the first n customers of a shuffle, in the order of their ids.
 */
export function* listRows(options: Options): Generator<string> {
  const calendar = calendarTo(options.today)
  const dice = new Dice(options.seed, 'list membership')
  for (const { list, size } of listsWithSizes(options)) {
    const member = shuffle(options.customers, keyOf(options.seed, `list ${list}`))
    const made = dayOfList(list, options)
    for (const place of Int32Array.from({ length: size }, (_, place) => member(place)).sort()) {
      const id = FIRST_CUSTOMER + place
      // Half of the members joined on the list's first day (or their own); the others joined later.
      const soonest = Math.max(made, dayOfJoining(id, options))
      const joined = dice.for(list * 31 + id).happens(0.5) ? soonest : later(soonest, dice)
      yield `${list}\t${id}\t${calendar.moment(inTheMorning(joined))}\t${MANAGER}\n`
    }
  }
}

function later(day: number, dice: Dice): number {
  return day + dice.whole(DAYS - day)
}
