import { z } from 'zod'
import { Customer } from '../../customers/customer.ts'
import { idParams } from '../../lib/fields.ts'
import { isPastTheEnd, type Page, placeFields, type Range, rangeOf } from '../../lib/paging.ts'
import { type Account, type LedgerEntry, readLedger } from '../../sales/ledger.ts'
import { tenderNames } from '../../sales/tenders.ts'
import type { App } from '../../web/validation.ts'
import { retailerOf } from '../shared/access.ts'
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

const history = { schema: { params: idParams, querystring: z.object(placeFields) } } as const

export async function accountRoutes(app: App) {
  app.get('/customers/:id/account', history, async (request, reply) => {
    const customer = await request.em.findOneOrFail(Customer, request.params.id)
    const path = pathOfAccount(customer)
    const { account, entries } = await readLedger(request.em, customer.id, request.query)
    if (isPastTheEnd(entries, request.query)) return reply.redirect(path, 303)
    const page = {
      customer,
      tab: 'account' as const,
      account,
      entries,
      tenders: tenderNames(retailerOf(request).locale),
      path,
      back: listBefore(request),
      range: rangeOf(entries, account.entries)
    }
    const title = `Account History of ${customer.name}`
    return reply.page('customers/account', { title, active: 'customers', ...page }, 'customers/_ledger')
  })
}
