import { orCopyNull } from '../db/copy-text.ts'
import { WALK_IN_CUSTOMER } from '../db/fixed.ts'
import { calendarTo, DAY, DAYS } from './calendar.ts'
import { Dice } from './dice.ts'
import { isTrusted } from './groups.ts'
import { primaryGroups } from './memberships.ts'
import type { Options } from './options.ts'
import { FIRST_CUSTOMER } from './people.ts'
import type { Sale } from './sales.ts'
import { MANAGER } from './staff.ts'
import { money } from './text.ts'

export const TOTAL_COLUMNS = 'customer_totals (customer_id, orders, spent, last_order_at)'
export const ENTRY_COLUMNS = 'account_entry (id, customer_id, kind, amount, sale_id, reason, entered_at, entered_by)'

/** A purchase of at least this many cents may go on account. A smaller one is paid at the till. */
const LEAST_ON_ACCOUNT = 50_00
const ON_ACCOUNT = 0.6

interface Entry {
  customer: number
  kind: 'charge' | 'payment' | 'adjustment'
  cents: number
  sale: number | null
  second: number
}

/** What follows from sales: each customer's totals, and the accounts. */
export class Books {
  readonly #options: Options
  readonly #orders: Int32Array
  readonly #spent: Float64Array
  readonly #last: Int32Array
  readonly #entries: Entry[] = []
  readonly #groupOf: (customer: number) => number
  readonly #dice: Dice

  constructor(options: Options) {
    const ids = FIRST_CUSTOMER + options.customers
    this.#options = options
    this.#orders = new Int32Array(ids)
    this.#spent = new Float64Array(ids)
    this.#last = new Int32Array(ids)
    this.#groupOf = primaryGroups(options)
    this.#dice = new Dice(options.seed, 'account')
  }

  get entries(): number {
    return this.#entries.length
  }

  /** Adds a sale and returns how many of its cents go on account. */
  enter(sale: Sale): number {
    const { customer, cents, second } = sale
    if (customer < FIRST_CUSTOMER) return 0
    this.#spent[customer] = (this.#spent[customer] ?? 0) + cents
    if (cents >= 0) {
      this.#orders[customer] = (this.#orders[customer] ?? 0) + 1
      this.#last[customer] = second
    }
    if (cents < LEAST_ON_ACCOUNT || !isTrusted(this.#groupOf(customer))) return 0
    if (!this.#dice.for(sale.id).happens(ON_ACCOUNT)) return 0
    this.#entries.push({ customer, kind: 'charge', cents, sale: sale.id, second })
    this.#settle(sale)
    return cents
  }

  /**
   * Pays a charge: most within a month, one in twelve much later, and some with a reduction. What is not due yet stays
   * owed.
   */
  #settle({ customer, cents, second }: Sale): void {
    const days = this.#dice.happens(1 / 12) ? 60 + this.#dice.whole(120) : 5 + this.#dice.whole(26)
    const paid = second + days * DAY
    if (paid >= DAYS * DAY) return
    const off = this.#dice.happens(0.03) ? Math.ceil(cents / 10) : 0
    if (off > 0) this.#entries.push({ customer, kind: 'adjustment', cents: -off, sale: null, second: paid })
    this.#entries.push({ customer, kind: 'payment', cents: off - cents, sale: null, second: paid })
  }

  *totalRows(): Generator<string> {
    const calendar = calendarTo(this.#options.today)
    for (let id = WALK_IN_CUSTOMER; id < this.#orders.length; id++) {
      const orders = this.#orders[id] ?? 0
      const last = orders > 0 ? calendar.moment(this.#last[id] ?? 0) : null
      yield `${id}\t${orders}\t${money(this.#spent[id] ?? 0)}\t${orCopyNull(last)}\n`
    }
  }

  *entryRows(): Generator<string> {
    const calendar = calendarTo(this.#options.today)
    const byTime = this.#entries.sort((one, other) => one.second - other.second)
    for (const [place, { customer, kind, cents, sale, second }] of byTime.entries()) {
      const reason = kind === 'adjustment' ? 'Goodwill' : null
      const by = kind === 'charge' ? null : MANAGER
      const values = [place + 1, customer, kind, money(cents), sale, reason, calendar.moment(second), by]
      yield `${values.map(orCopyNull).join('\t')}\n`
    }
  }
}
