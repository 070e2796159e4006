import { type Entry, listTimeline } from '../../activity/queries.ts'
import { Customer } from '../../customers/customer.ts'
import { type CustomerFigures, findCustomerFigures } from '../../customers/figures.ts'
import type { Group } from '../../groups/group.ts'
import { findGroup } from '../../groups/queries.ts'
import { idParams } from '../../lib/fields.ts'
import { dayIn } from '../../lib/format.ts'
import { decimalsOf } from '../../lib/money.ts'
import { listMemberships, type MembershipOfCustomer } from '../../membership/of-customer.ts'
import { type Permission, policyOf } from '../../sales/policy.ts'
import { type PolicyAnswer, policyAnswer } from '../../sales/policy-answer.ts'
import { listRecentSales, type RecentSale } from '../../sales/queries.ts'
import type { App } from '../../web/validation.ts'
import { sentence } from '../activity/sentence.ts'
import { calendarOf, retailerOf } from '../shared/access.ts'
import { listBefore } from './list-before.ts'

declare module '../../web/view.ts' {
  interface Views {
    'customers/show': {
      title: string
      active: 'customers'
      customer: Customer
      details: CustomerFigures
      memberships: MembershipOfCustomer[]
      group: Group
      permissions: Permission[]
      /** What a till is told of them. */
      policy: PolicyAnswer
      sales: RecentSale[]
      timeline: Entry[]
      sentence: typeof sentence
      /** The list that the customer was opened from. */
      back: string | null
    }
  }
}

const show = { schema: { params: idParams } } as const

export async function customerRoutes(app: App) {
  app.get('/customers/:id', show, async (request, reply) => {
    const { em } = request
    const customer = await em.findOneOrFail(Customer, request.params.id)
    const [details, memberships, sales, timeline] = await Promise.all([
      findCustomerFigures(em, customer.id, calendarOf(request)),
      listMemberships(em, customer.id),
      listRecentSales(em, customer.id),
      listTimeline(em, { customerId: customer.id })
    ])
    const primary = memberships.find((one) => one.kind === 'primary')
    if (!details || !primary) throw new Error(`Customer ${customer.id} has no totals or no primary group`)
    const group = await findGroup(em, primary.groupId)
    const { currency, timeZone } = retailerOf(request)
    const policy = policyAnswer({
      customerId: customer.id,
      group,
      since: dayIn(timeZone, new Date(primary.joinedAt)),
      balance: details.balance,
      decimals: decimalsOf(currency)
    })
    const page = {
      customer,
      details,
      memberships,
      group,
      permissions: policyOf(group),
      policy,
      sales,
      timeline,
      sentence
    }
    const back = listBefore(request)
    return reply.page('customers/show', { title: customer.name, active: 'customers', ...page, back })
  })
}
