import type { FastifyRequest } from 'fastify'
import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import { CustomerFilter, listPage } from '../customers/list/index.ts'
import { WALK_IN_CUSTOMER } from '../db/fixed.ts'
import { prepared } from '../db/prepared.ts'
import { rows } from '../db/rows.ts'
import { countEveryone } from '../figures/queries.ts'
import { LARGEST_ID } from '../lib/fields.ts'
import { dayIn } from '../lib/format.ts'
import { parsePhone } from '../lib/phone.ts'
import type { App } from '../web/validation.ts'
import { afterOf, nextOf } from './cursor.ts'
import { tagged } from './etag.ts'
import { Problem } from './problem.ts'
import { readCustomers, readFoundCustomers } from './read-customers.ts'
import { customerList, customerSchema } from './schemas/customer.ts'
import { idParams, listQuery, sought } from './schemas/values.ts'

const MOST_IDS = 100
const MOST_FOUND = 50

const query = z.strictObject({
  phone: sought(80)
    .optional()
    .describe('One of phone, email, q and ids. In any spelling; without + it is read with the retailer’s country.'),
  email: sought(254).optional(),
  q: sought(200).optional().describe('Part of a name, company, phone or e-mail; finds at most 50, the best first.'),
  ids: z
    .string()
    .regex(/^\d{1,10}(,\d{1,10}){0,99}$/, `These must be at most ${MOST_IDS} numbers with commas between them.`)
    .transform((text) => [...new Set(text.split(',').map(Number))].filter((id) => id >= 1 && id <= LARGEST_ID))
    .optional()
    .meta({ type: 'string', pattern: '^\\d{1,10}(,\\d{1,10}){0,99}$' }),
  ...listQuery
})
type Query = z.output<typeof query>

const list = {
  config: { scope: 'customers:read' },
  schema: {
    operationId: 'listCustomers',
    summary: 'Find customers: by phone, by e-mail, by a search, by ids, or all of them',
    tags: ['customers'],
    querystring: query,
    response: { 200: customerList }
  }
} as const
const show = {
  config: { scope: 'customers:read' },
  schema: {
    operationId: 'getCustomer',
    summary: 'A customer',
    tags: ['customers'],
    params: idParams,
    response: { 200: customerSchema }
  }
} as const
const policy = {
  config: { scope: 'customers:read' },
  schema: {
    operationId: 'getPolicy',
    summary: 'What a till may do for a customer',
    tags: ['customers'],
    params: idParams,
    response: { 200: customerSchema.shape.policy }
  }
} as const

/** GET /customers, /customers/:id and /customers/:id/policy */
export async function customerRoutes(app: App) {
  app.get('/customers', list, async (request) => {
    const contact = byContact(request, request.query)
    if (contact) return { items: await readFoundCustomers(request.em, contact, request.holder.retailer), next: null }
    const { ids, next } = await find(request, request.query)
    return { items: await read(request, ids), next }
  })

  app.get('/customers/:id', show, async (request, reply) =>
    tagged(request, reply, await readOne(request, request.params.id))
  )

  app.get('/customers/:id/policy', policy, async (request, reply) => {
    const customer = await readOne(request, request.params.id)
    return tagged(request, reply, customer.policy)
  })
}

const read = ({ em, holder }: FastifyRequest, ids: number[]) => readCustomers(em, ids, holder.retailer)

export async function readOne(request: FastifyRequest, id: number) {
  const [customer] = id === WALK_IN_CUSTOMER ? [] : await read(request, [id])
  if (!customer) throw new Problem(404, 'customer-unknown', `Customer ${id} does not exist.`)
  return customer
}

/** A query of whoever has a phone or an e-mail; null if neither is asked by. No number finds nobody. */
function byContact({ holder }: FastifyRequest, asked: Query): RawBuilder<unknown> | null {
  const { phone, email, q, ids } = asked
  const ways = [phone, email, q, ids].filter((way) => way !== undefined)
  if (ways.length > 1) throw new Problem(400, 'invalid', 'Ask by phone, email, q or ids: one of them.')
  if (phone !== undefined) {
    return sql`select id, 1 as place from customer where phone = ${parsePhone(phone, holder.retailer.country)}`
  }
  return email === undefined
    ? null
    : sql`select id, 1 as place from customer where email = ${email.trim().toLowerCase()}`
}

/** The ids of all others who are asked for. */
async function find(request: FastifyRequest, asked: Query): Promise<{ ids: number[]; next: string | null }> {
  const { q, ids } = asked
  if (ids) return { ids: ids.filter((id) => id !== WALK_IN_CUSTOMER), next: null }
  if (q !== undefined) return { ids: await search(request, q), next: null }
  return listAll(request, asked)
}

/** The pages of the list of customers, until there are enough. */
async function search({ em, now, holder }: FastifyRequest, q: string): Promise<number[]> {
  const { retailer } = holder
  const day = { today: dayIn(retailer.timeZone, now), timeZone: retailer.timeZone }
  const list = { conditions: [], within: [], except: [WALK_IN_CUSTOMER], everyone: await countEveryone(em) }
  const ids: number[] = []
  for (let after: string | null | undefined; after !== null && ids.length < MOST_FOUND; ) {
    const filter = CustomerFilter.from({ q, ...(after && { after }) }, retailer)
    const { customers } = await listPage(em, { path: '', filter, day, list })
    ids.push(...customers.rows.map(({ id }) => id))
    after = customers.next
  }
  return ids.slice(0, MOST_FOUND)
}

async function listAll({ em }: FastifyRequest, { next, limit }: Query) {
  const after = afterOf('customers', next)
  const found = await rows(
    em,
    prepared(sql<{ id: number }>`
    select id from customer where id > ${after} and id <> ${WALK_IN_CUSTOMER} order by id limit ${limit + 1}
  `)
  )
  return { ids: found.slice(0, limit).map(({ id }) => id), next: nextOf('customers', found, limit) }
}
