import { randomUUID } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { note } from '../../activity/note.ts'
import { Customer } from '../../customers/customer.ts'
import { once } from '../../db/once.ts'
import type { Em } from '../../db/orm.ts'
import type { Actor } from '../../lib/actor.ts'
import { RuleError } from '../../lib/errors.ts'
import { type FieldErrors, fieldErrors } from '../../lib/field-errors.ts'
import { idParams, marksOf } from '../../lib/fields.ts'
import type { Decimal } from '../../lib/format.ts'
import { negated } from '../../lib/money.ts'
import { addEntry, findAccount, type NewEntry } from '../../sales/ledger.ts'
import { type Doubt, type Payment, PaymentInDoubt, takePayment } from '../../sales/payments.ts'
import { tenderNames } from '../../sales/tenders.ts'
import type { App } from '../../web/validation.ts'
import { actorOf, calendarOf, formatOf, retailerOf } from '../shared/access.ts'
import { adjustmentForm, asTyped, type EntryForm, emptyForm, firstDay, paymentForm } from './entry-form.ts'

type Kind = 'payment' | 'adjustment'

interface EntryView {
  key: string
  form: EntryForm
  errors: FieldErrors
  /** The doubt that somebody must answer before the payment is entered. */
  doubt: Doubt | null
  /** Whether the amount differs from the one that somebody was asked about. */
  isChanged: boolean
}

declare module '../../web/view.ts' {
  interface Views {
    'customers/entry': EntryView & {
      title: string
      active: 'customers'
      kind: Kind
      action: string
      customer: Customer
      balance: Decimal
      /** The amount of the payment, as a positive number; null unless there is a doubt about it. */
      taken: Decimal | null
      tenders: ReturnType<typeof tenderNames>
      days: { from: string; to: string }
    }
  }
}

const manage = { config: { role: 'manager' as const }, schema: { params: idParams } } as const
const enter = { config: manage.config, schema: { params: idParams, body: z.unknown() } } as const

const unasked = { errors: {}, doubt: null, isChanged: false }

const PATHS = { payment: 'payments', adjustment: 'adjustments' } as const

/** Registers the page of an entry that managers make to an account by hand. */
export function offerEntry(app: App, url: `/customers/:id/account/${(typeof PATHS)[Kind]}`, kind: Kind) {
  app.get(url, manage, async (request, reply) => {
    const customer = await findWithAccount(request, request.params.id)
    const form = { ...emptyForm, paidOn: calendarOf(request).today }
    return entryPage(request, reply, customer, kind, { ...unasked, key: randomUUID(), form })
  })

  app.post(url, enter, async (request, reply) => {
    const { body, em } = request
    const customer = await findWithAccount(request, request.params.id)
    const entered = formOf(request, kind).safeParse(body ?? {})
    const { key } = marksOf(body)
    const view = { ...unasked, key, form: asTyped(body) }
    if (!entered.success) {
      const errors = fieldErrors(entered.error)
      return entryPage(request, reply.code(422), customer, kind, { ...view, errors })
    }
    const { sure, ...entry } = entered.data
    const actor = actorOf(request)
    const sent = { key, form: `${kind} of customer ${customer.id}`, by: actor.id }
    try {
      const { location, isRepeat } = await once(em, sent, async (inner) => {
        await makeEntry(inner, customer, entry, sure, actor)
        return pathOfAccount(customer)
      })
      return reply.seeOther(location, isRepeat ? REPEATED : recordedSentence(request, entry))
    } catch (error) {
      if (!(error instanceof PaymentInDoubt)) throw error
      const { doubt, isChanged } = error
      return entryPage(request, reply.code(422), customer, kind, { ...view, doubt, isChanged }, entry)
    }
  })
}

/** The form was sent twice, and the second time it may have held something else. */
const REPEATED = 'This was already recorded, and was not recorded twice. Check it below.'

export const pathOfAccount = ({ id }: Customer) => `/customers/${id}/account`

async function findWithAccount(request: FastifyRequest, customerId: number): Promise<Customer> {
  const customer = await request.em.findOneOrFail(Customer, customerId)
  if (customer.isWalkIn) throw new RuleError('Walk-in sales are paid at once, so the walk-in customer has no account.')
  return customer
}

function formOf(request: FastifyRequest, kind: Kind) {
  const retailer = retailerOf(request)
  return kind === 'adjustment' ? adjustmentForm(retailer) : paymentForm(retailer, calendarOf(request).today)
}

const isPayment = (entry: NewEntry): entry is Payment => entry.kind === 'payment'

async function makeEntry(em: Em, { id }: Customer, entry: NewEntry, sure: string, actor: Actor) {
  if (isPayment(entry)) await takePayment(em, id, entry, sure, actor)
  else await addEntry(em, id, entry, actor)
  await note(em, entry.kind, actor, { customerId: id, details: { amount: entry.amount } })
}

async function entryPage(
  request: FastifyRequest,
  reply: FastifyReply,
  customer: Customer,
  kind: Kind,
  view: EntryView,
  asked: NewEntry | null = null
) {
  const { balance } = view.doubt ?? (await findAccount(request.em, customer.id))
  const { today } = calendarOf(request)
  const page = {
    title: kind === 'payment' ? 'Record Payment' : 'Adjust Account',
    active: 'customers' as const,
    kind,
    action: `${pathOfAccount(customer)}/${PATHS[kind]}`,
    customer,
    balance,
    taken: asked && negated(asked.amount),
    tenders: tenderNames(retailerOf(request).locale),
    days: { from: firstDay(today), to: today }
  }
  return reply.page('customers/entry', { ...page, ...view }, 'customers/_entry')
}

function recordedSentence(request: FastifyRequest, { kind, amount }: NewEntry): string {
  const f = formatOf(retailerOf(request))
  return kind === 'payment'
    ? `Payment of ${f.money(negated(amount))} recorded.`
    : `Account adjusted by ${f.money(amount)}.`
}
