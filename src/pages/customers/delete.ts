import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Customer } from '../../customers/customer.ts'
import { type DeletionEffect, deleteCustomer, findDeletionEffect } from '../../erasure/deletion.ts'
import { RuleError } from '../../lib/errors.ts'
import { idParams, localPath } from '../../lib/fields.ts'
import type { App } from '../../web/validation.ts'
import { actorOf } from '../shared/access.ts'

declare module '../../web/view.ts' {
  interface Views {
    'customers/delete': Confirmation & {
      title: string
      active: 'customers'
      customer: Customer
      remains: DeletionEffect
    }
  }
}

interface Confirmation {
  /** The list to go back to. */
  back: string | null
  /** What was typed to confirm. */
  typed: string
  /** Why what was typed confirms nothing. */
  error: string | null
  /** Why the customer can't be deleted. */
  refusal: string | null
}

const config = { role: 'manager' as const }
const ask = { config, schema: { params: idParams, querystring: z.object({ back: localPath }) } } as const
const typed = z.string().catch('')
const confirmed = z.object({ name: typed, back: localPath }).default({ name: '', back: undefined })
const erase = { config, schema: { params: idParams, body: confirmed } } as const

export async function deletionRoutes(app: App) {
  app.get('/customers/:id/delete', ask, async (request, reply) => {
    const customer = await request.em.findOneOrFail(Customer, request.params.id)
    return deletePage(request, reply, customer, { back: request.query.back ?? null })
  })

  app.post('/customers/:id/deletion', erase, async (request, reply) => {
    const { em, body } = request
    const customer = await em.findOneOrFail(Customer, request.params.id)
    const answers = { back: body.back ?? null, typed: body.name }
    if (!customer.isWalkIn && !isSameName(body.name, customer.name)) {
      const error = `Nothing was deleted. Type ${customer.name} to confirm.`
      return deletePage(request, reply.code(422), customer, { ...answers, error })
    }
    try {
      const { sales } = await deleteCustomer(em, customer, actorOf(request))
      return reply.seeOther(body.back ?? '/customers', deletedSentence(customer, sales))
    } catch (error) {
      if (!(error instanceof RuleError)) throw error
      return deletePage(request, reply.code(409), customer, { ...answers, refusal: error.message })
    }
  })
}

const UNSAID: Confirmation = { back: null, typed: '', error: null, refusal: null }
/** The effect for the walk-in customer, who can't be deleted. Their sales are too many to count. */
const NOTHING: DeletionEffect = { balance: '0', sales: 0, groups: 0 }

async function deletePage(
  request: FastifyRequest,
  reply: FastifyReply,
  customer: Customer,
  confirmation: Partial<Confirmation>
) {
  const remains = customer.isWalkIn ? NOTHING : await findDeletionEffect(request.em, customer.id)
  const page = { title: `Delete ${customer.name}`, active: 'customers' as const, customer, remains }
  return reply.page('customers/delete', { ...page, ...UNSAID, ...confirmation }, 'customers/_delete')
}

/**
 * Whether the typed name is the customer's. Accents, case and the style of quotes do not matter, because not every
 * keyboard has them.
 */
function isSameName(typed: string, name: string): boolean {
  return typed.trim() === name || (plain(typed) !== '' && plain(typed) === plain(name))
}

function plain(name: string): string {
  return name.normalize('NFKD').replace(/\p{M}/gu, '').replace(/[‘’]/g, "'").replace(/\s+/g, ' ').trim().toLowerCase()
}

function deletedSentence({ name }: Customer, sales: number): string {
  if (sales === 0) return `${name} was deleted.`
  return sales === 1
    ? `${name} was deleted. 1 sale stays on the books without a name.`
    : `${name} was deleted. ${sales.toLocaleString('en')} sales stay on the books without a name.`
}
