import { randomUUID } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { note } from '../activity/note.ts'
import { type Account, addEntry, findAccount, type LedgerEntry, readLedger } from '../sales/ledger.ts'
import { actorOf, formatOf, retailerOf } from '../web/access.ts'
import { RuleError } from '../web/errors.ts'
import { idParams, marksOf, requiredLine } from '../web/fields.ts'
import type { Decimal } from '../web/format.ts'
import { amount, isNegative, isNothing, negated } from '../web/money.ts'
import { once } from '../web/once.ts'
import { isPastTheEnd, type Page, placeFields, rangeText } from '../web/paging.ts'
import { type App, type FieldErrors, fieldErrors } from '../web/validation.ts'
import { Customer } from './customer.ts'

type Kind = 'payment' | 'adjustment'

declare module '../web/view.ts' {
  interface Views {
    'customers/account': {
      title: string
      active: 'customers'
      tab: 'account'
      customer: Customer
      account: Account
      entries: Page<LedgerEntry>
      range: string
      path: string
    }
    'customers/entry': {
      title: string
      active: 'customers'
      kind: Kind
      action: string
      customer: Customer
      balance: Decimal
      key: string
      form: { amount: string; reason: string }
      errors: FieldErrors
    }
  }
}

const history = { schema: { params: idParams, querystring: z.object(placeFields) } } as const
const manage = { config: { role: 'manager' as const }, schema: { params: idParams } } as const
const enter = { config: manage.config, schema: { params: idParams, body: z.unknown() } } as const

const PATHS = { payment: 'payments', adjustment: 'adjustments' } as const

export async function accountRoutes(app: App) {
  app.get('/customers/:id/account', history, async (request, reply) => {
    const customer = await request.em.findOneOrFail(Customer, request.params.id)
    const path = pathOf(customer)
    const { account, entries } = await readLedger(request.em, customer.id, request.query)
    if (isPastTheEnd(entries, request.query)) return reply.redirect(path, 303)
    const page = {
      customer,
      tab: 'account' as const,
      account,
      entries,
      path,
      range: rangeText(entries, account.entries)
    }
    const title = `Account History of ${customer.name}`
    return reply.page('customers/account', { title, active: 'customers', ...page }, 'customers/_ledger')
  })

  for (const kind of ['payment', 'adjustment'] as const) {
    const url = `/customers/:id/account/${PATHS[kind]}` as const

    app.get(url, manage, async (request, reply) => {
      const customer = await findWithAccount(request, request.params.id)
      return entryPage(request, reply, customer, kind, { key: randomUUID(), form: typed.parse({}), errors: {} })
    })

    app.post(url, enter, async (request, reply) => {
      const { body } = request
      const customer = await findWithAccount(request, request.params.id)
      const entered = entrySchema(request, kind).safeParse(body ?? {})
      const { key } = marksOf(body)
      if (!entered.success) {
        const errors = fieldErrors(entered.error)
        return entryPage(request, reply.code(422), customer, kind, { key, form: typed.parse(body ?? {}), errors })
      }
      const actor = actorOf(request)
      const sent = { key, form: `${kind} of customer ${customer.id}`, by: actor.id }
      const { location } = await once(request.em, sent, async (em) => {
        await addEntry(em, customer.id, { kind, ...entered.data }, actor)
        await note(em, kind, actor, { customerId: customer.id, details: { amount: entered.data.amount } })
        return pathOf(customer)
      })
      return reply.seeOther(location, recordedSentence(request, kind, entered.data.amount))
    })
  }
}

const pathOf = ({ id }: Customer) => `/customers/${id}/account`

async function findWithAccount(request: FastifyRequest, customerId: number): Promise<Customer> {
  const customer = await request.em.findOneOrFail(Customer, customerId)
  if (customer.isWalkIn) throw new RuleError('The walk-in customer has no account: who leaves no name can’t pay later.')
  return customer
}

const reason = requiredLine('The reason', 200, 'Say why, so that whoever reads the account later understands it.')

/** What a form must hold to be entered: a payment lowers what is owed, an adjustment goes either way. */
function entrySchema(request: FastifyRequest, kind: Kind) {
  const money = amount(retailerOf(request))
  if (kind === 'adjustment') {
    const adjusted = money.refine((value) => !isNothing(value), 'An adjustment must not be 0.')
    return z.object({ amount: adjusted, reason })
  }
  const paid = money.refine((value) => !isNothing(value) && !isNegative(value), 'A payment must be more than 0.')
  return z.object({ amount: paid.transform(negated) }).transform((entry) => ({ ...entry, reason: null }))
}

const text = z.string().catch('')
const typed = z.object({ amount: text, reason: text })

interface EntryForm {
  key: string
  form: z.output<typeof typed>
  errors: FieldErrors
}

async function entryPage(
  request: FastifyRequest,
  reply: FastifyReply,
  customer: Customer,
  kind: Kind,
  form: EntryForm
) {
  const { balance } = await findAccount(request.em, customer.id)
  const title = kind === 'payment' ? 'Record Payment' : 'Adjust Account'
  const action = `${pathOf(customer)}/${PATHS[kind]}`
  const page = { title, active: 'customers' as const, kind, action, customer, balance, ...form }
  return reply.page('customers/entry', page, 'customers/_entry')
}

function recordedSentence(request: FastifyRequest, kind: Kind, entered: Decimal): string {
  const f = formatOf(retailerOf(request))
  if (kind === 'payment') return `A payment of ${f.money(negated(entered))} is recorded.`
  return `The account is adjusted by ${f.money(entered)}.`
}
