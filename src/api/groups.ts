import type { FastifyRequest } from 'fastify'
import { sql } from 'kysely'
import { z } from 'zod'
import { WALK_IN_CUSTOMER } from '../db/fixed.ts'
import { likePattern } from '../db/like.ts'
import { prepared } from '../db/prepared.ts'
import { rows } from '../db/rows.ts'
import { findGroup } from '../groups/queries.ts'
import type { App } from '../web/validation.ts'
import { afterOf, nextOf } from './cursor.ts'
import { tagged } from './etag.ts'
import { readCustomers } from './read-customers.ts'
import { readGroups } from './read-groups.ts'
import { customerList } from './schemas/customer.ts'
import { groupList, groupSchema } from './schemas/group.ts'
import { idParams, listQuery, sought } from './schemas/values.ts'

const MOST_FOUND = 50

const query = z.strictObject({
  q: sought(200).optional().describe('Part of a name; finds at most 50.'),
  ...listQuery
})

const list = {
  schema: {
    operationId: 'listGroups',
    summary: 'Groups, with their figures',
    tags: ['groups'],
    querystring: query,
    response: { 200: groupList }
  }
} as const
const show = {
  schema: {
    operationId: 'getGroup',
    summary: 'A group',
    tags: ['groups'],
    params: idParams,
    response: { 200: groupSchema }
  }
} as const
const customers = {
  config: { scope: 'customers:read' },
  schema: {
    operationId: 'listGroupCustomers',
    summary: 'The customers in a group',
    tags: ['groups'],
    params: idParams,
    querystring: z.strictObject(listQuery),
    response: { 200: customerList }
  }
} as const

/** GET /groups, /groups/:id and /groups/:id/customers */
export async function groupRoutes(app: App) {
  app.get('/groups', list, async (request) => {
    const { q, next, limit } = request.query
    if (q !== undefined) return { items: await readGroups(request, await search(request, q)), next: null }
    const found = await rows(
      request.em,
      prepared(sql<{ id: number }>`
        select id from customer_group where id > ${afterOf('groups', next)} order by id limit ${limit + 1}
      `)
    )
    const ids = found.slice(0, limit).map(({ id }) => id)
    return { items: await readGroups(request, ids), next: nextOf('groups', found, limit) }
  })

  app.get('/groups/:id', show, async (request, reply) => {
    const group = await findGroup(request.em, request.params.id)
    return tagged(request, reply, (await readGroups(request, [group.id]))[0])
  })

  app.get('/groups/:id/customers', customers, async (request) => {
    const { em, params, query, holder } = request
    const group = await findGroup(em, params.id)
    const name = `customers of group ${group.id}`
    const memberships = group.isList ? sql`list_membership` : sql`primary_membership`
    const found = await rows(
      em,
      prepared(sql<{ id: number }>`
      select customer_id as id from ${memberships}
      where group_id = ${group.id} and customer_id > ${afterOf(name, query.next)} and customer_id <> ${WALK_IN_CUSTOMER}
      order by customer_id limit ${query.limit + 1}
    `)
    )
    const ids = found.slice(0, query.limit).map(({ id }) => id)
    const items = await readCustomers(em, ids, holder.retailer)
    return { items, next: nextOf(name, found, query.limit) }
  })
}

/** Those whose name begins with it come first. */
async function search({ em }: FastifyRequest, q: string): Promise<number[]> {
  const found = await rows(
    em,
    sql<{ id: number }>`
    select id from customer_group where search_text(name) like '%' || ${likePattern(q)} || '%'
    order by search_text(name) not like ${likePattern(q)} || '%', name, id limit ${MOST_FOUND}
  `
  )
  return found.map(({ id }) => id)
}
