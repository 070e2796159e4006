import { WALK_IN_CUSTOMER } from '../db/fixed.ts'
import { DAYS, inShopHours } from './calendar.ts'
import { Dice } from './dice.ts'
import type { Options } from './options.ts'
import { dayOfJoining, FIRST_CUSTOMER } from './people.ts'

/** The customer number of sales whose customer has since been deleted. */
export const NAMELESS = 0

const NAMELESS_SALES = 0.002
const WALK_IN_SALES = 0.03

/**
 * Who buys when, in order of time. A visit is one number (second × visitors + visitor) in 8 bytes, which sorts three
 * million visits in a moment.
 */
export interface Visits {
  all: Float64Array
  visitors: number
}

export function planVisits(options: Options): Visits {
  const visitors = FIRST_CUSTOMER + options.customers
  const all = new Float64Array(options.sales)
  const dice = new Dice(options.seed, 'visit')
  let at = 0
  const add = (customer: number, day: number) => {
    all[at++] = inShopHours(day, dice.next(), dice.next()) * visitors + customer
  }
  for (const { customer, times } of visitsOf(options)) {
    dice.for(customer)
    const first = customer < FIRST_CUSTOMER ? 0 : dayOfJoining(customer, options)
    // Half of all customers first come on the day they join. Visits are spread evenly, as habits are.
    const comesAtOnce = dice.happens(0.5)
    for (let time = 0; time < times; time++) {
      const day = Math.floor(((time + dice.next()) / times) * (DAYS - first))
      add(customer, first + (time === 0 && comesAtOnce ? 0 : day))
    }
  }
  return { all: all.sort(), visitors }
}

/** Distributes the sales by how eagerly each customer buys. Their sum is the number that was asked for. */
function* visitsOf(options: Options): Generator<{ customer: number; times: number }> {
  const nameless = Math.floor(options.sales * NAMELESS_SALES)
  const walkIn = Math.floor(options.sales * WALK_IN_SALES)
  yield { customer: NAMELESS, times: nameless }
  yield { customer: WALK_IN_CUSTOMER, times: walkIn }
  const named = options.sales - nameless - walkIn
  let whole = 0
  for (const { weight } of expectedVisits(options)) whole += weight
  let [before, given] = [0, 0]
  for (const { customer, weight } of expectedVisits(options)) {
    before += weight
    const due = Math.floor((before / whole) * named)
    yield { customer, times: due - given }
    given = due
  }
}

/** The number of visits that a customer would make if there were three times as many sales as customers. */
function* expectedVisits(options: Options): Generator<{ customer: number; weight: number }> {
  const dice = new Dice(options.seed, 'habit')
  for (let customer = FIRST_CUSTOMER; customer < FIRST_CUSTOMER + options.customers; customer++) {
    const weeks = (DAYS - dayOfJoining(customer, options)) / 7
    yield { customer, weight: customer === FIRST_CUSTOMER ? 1 : visitsWithin(weeks, dice.for(customer)) }
  }
}

function visitsWithin(weeks: number, dice: Dice): number {
  const habit = dice.next()
  if (habit < 0.006) return weeks
  if (habit < 0.05) return Math.max(1, weeks / 4.35)
  if (habit < 0.27) return 2 + dice.whole(7)
  if (habit < 0.76) return 1
  return 0
}
