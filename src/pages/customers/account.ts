import { z } from 'zod'
import { Customer } from '../../customers/customer.ts'
import { idParams } from '../../lib/fields.ts'
import { describeList } from '../../lib/list-description.ts'
import { ListFilter } from '../../lib/list-filter.ts'
import type { Page } from '../../lib/paging.ts'
import { type Range, rangeOf } from '../../lib/range.ts'
import { type Account, type LedgerEntry, readLedger } from '../../sales/ledger.ts'
import { tenderNames } from '../../sales/tenders.ts'
import type { App } from '../../web/validation.ts'
import { retailerOf } from '../shared/access.ts'
import { showList } from '../shared/show-list.ts'
import { pathOfAccount } from './entry.ts'
import { listBefore } from './list-before.ts'

declare module '../../web/view.ts' {
  interface Views {
    'customers/account': {
      title: string
      active: 'customers'
      tab: 'account'
      customer: Customer
      account: Account
      entries: Page<LedgerEntry>
      tenders: ReturnType<typeof tenderNames>
      range: Range
      path: string
      back: string | null
    }
  }
}

const history = { schema: { params: idParams, querystring: z.record(z.string(), z.unknown()) } } as const

/** The list of account entries has no filter. */
const LEDGER = describeList({ fields: {}, choices: {} })

export async function accountRoutes(app: App) {
  app.get('/customers/:id/account', history, async (request, reply) => {
    const filter = new ListFilter(LEDGER, request.query)
    const customer = await request.em.findOneOrFail(Customer, request.params.id)
    const path = pathOfAccount(customer)
    return showList(request, reply, {
      filter,
      path,
      find: async () => {
        const { account, entries } = await readLedger(request.em, customer.id, filter.place)
        return { account, listed: entries }
      },
      show: async ({ account, listed: entries }) => {
        const tenders = tenderNames(retailerOf(request).locale)
        const placed = { path, back: listBefore(request), range: rangeOf(entries, account.entries) }
        const page = { customer, tab: 'account' as const, account, entries, tenders, ...placed }
        const title = `Account History of ${customer.name}`
        return reply.page('customers/account', { title, active: 'customers', ...page }, 'customers/_ledger')
      }
    })
  })
}
