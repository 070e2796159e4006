import type { FastifyRequest } from 'fastify'
import { Customer } from '../../customers/customer.ts'
import { WALK_IN_CUSTOMER } from '../../db/fixed.ts'
import { findGroup } from '../../groups/queries.ts'
import { type Decimal, dayIn } from '../../lib/format.ts'
import { decimalsOf } from '../../lib/money.ts'
import { listMemberships, type MembershipOfCustomer } from '../../membership/of-customer.ts'
import { findAccount } from '../../sales/ledger.ts'
import { listPastSales, type PastSale } from '../../till-screen/past-sales.ts'
import { type ShownPolicy, shownPolicy } from '../../till-screen/policy.ts'
import { retailerOf } from '../shared/access.ts'

/** Who the cart is for. */
export interface Buyer {
  customer: Customer
  memberships: MembershipOfCustomer[]
  policy: ShownPolicy
  balance: Decimal
  past: PastSale[]
}

export async function findBuyer(request: FastifyRequest, id: number): Promise<Buyer> {
  const { em } = request
  const [customer, memberships, account, past] = await Promise.all([
    em.findOneOrFail(Customer, id),
    listMemberships(em, id),
    findAccount(em, id),
    id === WALK_IN_CUSTOMER ? [] : listPastSales(em, id)
  ])
  const primary = memberships.find(({ kind }) => kind === 'primary')
  if (!primary) throw new Error(`Customer ${id} has no primary group`)
  const { balance } = account
  const { currency, timeZone } = retailerOf(request)
  const policy = shownPolicy({
    customerId: id,
    group: await findGroup(em, primary.groupId),
    since: dayIn(timeZone, new Date(primary.joinedAt)),
    balance,
    decimals: decimalsOf(currency)
  })
  return { customer, memberships, policy, balance, past }
}
