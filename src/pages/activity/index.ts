import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { KINDS } from '../../activity/kinds.ts'
import { type Entry, listActivity } from '../../activity/queries.ts'
import type { Scope } from '../../activity/scope.ts'
import { Customer } from '../../customers/customer.ts'
import { findByName, listNames } from '../../groups/choices.ts'
import type { Format } from '../../lib/format.ts'
import type { Page } from '../../lib/paging.ts'
import { type Range, rangeOf } from '../../lib/range.ts'
import { isRecent } from '../../operations/operation.ts'
import { lowered, whatItDoes } from '../../operations/what-it-does.ts'
import type { Retailer } from '../../retailer/retailer.ts'
import { listStaff } from '../../staff/queries.ts'
import type { StaffMember } from '../../staff/staff-member.ts'
import type { App } from '../../web/validation.ts'
import { formatOf, retailerOf } from '../shared/access.ts'
import { showList } from '../shared/show-list.ts'
import { type ActivityFilter, activityFilter, type FilterNames, hidesSignIns } from './filter.ts'
import type { Part } from './parts.ts'
import { sentence } from './sentence.ts'

declare module '../../web/view.ts' {
  interface Views {
    'activity/index': {
      title: string
      active: 'activity'
      filter: ActivityFilter
      path: string
      hidesSignIns: boolean
      entries: Page<Entry>
      range: Range
      /** What the list holds, in words. */
      found: string
      named: FilterNames
      groups: string[]
      people: StaffMember[]
      kinds: typeof KINDS
      sentence: (entry: Entry, f: Format) => Part[]
      /** What an Undo would undo, such as "moving customers to VIP"; null if there is nothing to undo. */
      undoes: (entry: Entry) => string | null
    }
  }
}

const list = {
  config: { role: 'manager' as const },
  schema: { querystring: z.record(z.string(), z.unknown()) }
} as const

export async function activityRoutes(app: App) {
  app.get('/activity', list, async (request, reply) => {
    const { em } = request
    const filter = activityFilter(request.query)
    const path = '/activity'
    return showList(request, reply, {
      filter,
      path,
      find: async () => {
        const [groups, people] = await Promise.all([listNames(em), listStaff(em)])
        const scope = await scopeOf(request, filter)
        const listed = await listActivity(em, scope, retailerOf(request).timeZone, filter.place)
        return { listed, groups, people }
      },
      show: async ({ listed: entries, groups, people }) => {
        const named = await filterNamesOf(request, filter, people)
        const undoes = (entry: Entry) =>
          entry.undoableSince !== null && isRecent(entry.undoableSince, request.now) ? whatWasDone(entry) : null
        const texts = { range: rangeOf(entries, null), found: foundText(filter, entries, retailerOf(request)) }
        const filtered = { filter, path, hidesSignIns: hidesSignIns(filter), named, groups, people, kinds: KINDS }
        const page = { ...filtered, entries, ...texts, sentence, undoes }
        return reply.page('activity/index', { title: 'Activity', active: 'activity', ...page }, 'activity/_list')
      }
    })
  })
}

function whatWasDone({ kind, group, customer, details }: Entry): string {
  const operation = kind === 'group-deleted' ? 'delete-group' : (details.operation ?? 'add')
  const groupName = group ?? details.group ?? 'a group'
  if (customer) return kind === 'left' ? `removing ${customer} from ${groupName}` : `adding ${customer} to ${groupName}`
  // If customers moved, the group is a primary one.
  const isList = !details.counts?.moved
  return lowered(whatItDoes({ kind: operation, groupName, isList, undoneKind: null }))
}

/**
 * The number of entries found. Nobody waits for ten million entries to be counted: the number is only exact if the list
 * ends with this page.
 */
function foundText({ panelCount }: ActivityFilter, { rows, next, first }: Page<Entry>, retailer: Retailer): string {
  if (!panelCount) return 'Who did what, newest first'
  const f = formatOf(retailer)
  const known = (first ?? 1) + rows.length - 1
  return `${next || first === null ? 'More than ' : ''}${f.count(known, 'entry', 'entries')} found`
}

/**
 * Turns the filter into a scope and looks up the group by its name. A name that no group has is marked as an error in
 * the filter and finds nothing.
 */
async function scopeOf({ em }: FastifyRequest, filter: ActivityFilter): Promise<Scope> {
  const { group, customer, person, 'sign-ins': _shown, ...rest } = filter.values
  const scope = { customerId: customer, personId: person, hidesSignIns: hidesSignIns(filter), ...rest }
  if (!group) return scope
  const found = await findByName(em, group)
  if (!found) filter.errors.group = `There is no group called “${group}”.`
  return { ...scope, groupId: found?.id ?? 0 }
}

async function filterNamesOf(
  { em }: FastifyRequest,
  { values }: ActivityFilter,
  people: StaffMember[]
): Promise<FilterNames> {
  const customer = values.customer === undefined ? null : await em.findOne(Customer, values.customer)
  const person = people.find(({ id }) => id === values.person)
  return { customer: customer?.name ?? 'a deleted customer', person: person?.name ?? 'unknown' }
}
