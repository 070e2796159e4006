import { escapeForCopy } from '../db/copy-text.ts'
import { DEFAULT_GROUP, WALK_IN_GROUP } from '../db/fixed.ts'
import { calendarTo, DAYS, inTheMorning } from './calendar.ts'
import { COUNTRIES } from './countries.ts'
import { Dice, keyOf, shuffle, shuffled } from './dice.ts'
import type { Options } from './options.ts'
import { listSizes } from './sizes.ts'
import { MANAGER } from './staff.ts'

export const GROUP_COLUMNS =
  'customer_group (id, kind, system, name, description, restricts_purchases, allows_on_account, allows_discounts, created_at, created_by)'

const MOST_PRIMARY = 20

interface PrimaryGroup {
  name: string
  description: string
  restricts?: boolean
  trusts?: boolean
  discounts?: boolean
}

/** Primary groups from the largest to the smallest. */
const PRIMARY_GROUPS: readonly PrimaryGroup[] = [
  { name: 'Members', description: 'Carry our card and get the newsletter.' },
  { name: 'Regulars', description: 'Come at least once a month.' },
  { name: 'Families', description: 'With children at home.' },
  { name: 'Trade', description: 'Builders and craftspeople. They can buy on account.', trusts: true, discounts: true },
  { name: 'Students', description: 'Show a student card at the till.' },
  { name: 'Seniors', description: 'Aged 65 and over.' },
  { name: 'Online', description: 'Ordered online before they came to a store.' },
  { name: 'Corporate', description: 'Companies with a contract.', trusts: true, discounts: true },
  { name: 'Neighbors', description: 'Live within a mile of a store.' },
  { name: 'Restaurants', description: 'Buy a lot, early in the day, and pay monthly.', trusts: true },
  { name: 'Schools', description: 'Pay once the school board has signed.', trusts: true },
  { name: 'VIP', description: 'Ask the store manager before you say no.', discounts: true },
  { name: 'Staff', description: 'Work here; their discount is in their contract.', discounts: true },
  { name: 'Staff family', description: 'One household each.', discounts: true },
  { name: 'Clubs', description: 'Sports clubs and choirs in town.' },
  { name: 'Press', description: 'Test samples go through the office.' },
  { name: 'Suppliers', description: 'The companies we buy from.', trusts: true },
  { name: 'Blocked', description: 'Their checks bounced. They can’t buy until they have paid.', restricts: true }
]

const OCCASIONS =
  'Spring mailing|Summer mailing|Autumn mailing|Winter mailing|Birthday cards|Wine tasting|Cooking class|Garden day|Open house|Late shopping|Raffle|Loyalty stamps|Recall notice|Survey|Catalog|Delivery trial|Gift cards|Back to school|Grand opening|Clearance|Coffee club|Bread club|Baby shower|Bike repair|Photo contest|Flea market|Tool rental|Charity run|Christmas tree|New parents|Pet owners|Paint course|Book corner|Toy swap|Market day|Anniversary|Lost parcels|Phone orders|Preview evening|Big spenders'.split(
    '|'
  )

/** The number of primary groups, including Default and Walk-in. All others are lists and have the higher ids. */
export function countPrimary({ groups }: Options): number {
  return Math.min(MOST_PRIMARY, Math.max(WALK_IN_GROUP, Math.floor(groups / 3)))
}

const primaryOf = (group: number) => PRIMARY_GROUPS[group - WALK_IN_GROUP - 1]

/** Whether members of a group may buy on account. */
export function isTrusted(group: number): boolean {
  return primaryOf(group)?.trusts === true
}

/** Whether only a manager can have put customers into a group. */
export function isGuarded(group: number): boolean {
  return isTrusted(group) || primaryOf(group)?.discounts === true
}

/** The day on which a list was made. All primary groups exist from the first day. */
export function dayOfList(list: number, options: Options): number {
  return new Dice(options.seed, 'list').for(list).whole(DAYS - 30)
}

export function* groupRows(options: Options): Generator<string> {
  const calendar = calendarTo(options.today)
  const opened = calendar.moment(0)
  yield `${DEFAULT_GROUP}\tprimary\tdefault\tDefault\tEveryone who has not been given another primary group.\tf\tf\tf\t${opened}\t\\N\n`
  yield `${WALK_IN_GROUP}\tprimary\twalk-in\tWalk-in\tFor sales to people who leave no name.\tf\tf\tf\t${opened}\t\\N\n`
  const primary = countPrimary(options)
  for (let id = WALK_IN_GROUP + 1; id <= primary; id++) {
    const { name, description, restricts = false, trusts = false, discounts = false } = primaryOf(id) ?? NONE
    yield `${id}\tprimary\t\\N\t${name}\t${description}\t${restricts}\t${trusts}\t${discounts}\t${opened}\t${MANAGER}\n`
  }
  const nameOf = listNames(options)
  for (let id = primary + 1; id <= options.groups; id++) {
    const created = calendar.moment(inTheMorning(dayOfList(id, options)))
    yield `${id}\tlist\t\\N\t${nameOf(id)}\t\tf\tf\tf\t${created}\t${MANAGER}\n`
  }
}

const NONE: PrimaryGroup = { name: '', description: '' }

/** Names for lists: each is an occasion and a city. When all pairs are used up, they are repeated with a number. */
function listNames({ seed }: Options): (list: number) => string {
  const cities = new Map(
    COUNTRIES.flatMap((source) => source.cities).map((city) => [city.toLowerCase(), escapeForCopy(city)])
  )
  const order = shuffled([...cities.values()], keyOf(seed, 'list names'))
  const round = OCCASIONS.length * order.length
  return (list) => {
    const again = Math.floor(list / round)
    const city = order[Math.floor((list % round) / OCCASIONS.length)]
    return `${OCCASIONS[list % OCCASIONS.length]}, ${city}${again > 0 ? ` ${again + 1}` : ''}`
  }
}

/** Yields all lists in the order of their ids with their sizes, large and small ones mixed. */
export function* listsWithSizes(options: Options): Generator<{ list: number; size: number }> {
  const first = countPrimary(options) + 1
  const sizes = listSizes(options.customers, options.groups - first + 1)
  const rank = shuffle(sizes.length, keyOf(options.seed, 'list sizes'))
  for (let place = 0; place < sizes.length; place++) yield { list: first + place, size: sizes[rank(place)] ?? 0 }
}
