import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { WALK_IN_CUSTOMER } from '../customers/customer.ts'
import type { CustomerFilter } from '../customers/filter.ts'
import { type Listing, listing, namedGroups } from '../customers/listing.ts'
import { listLocations } from '../customers/locations.ts'
import type { Em } from '../db/orm.ts'
import { countEveryone, countMembers } from '../figures/queries.ts'
import { findOperation } from '../operations/operation.ts'
import { afterwards } from '../operations/routes.ts'
import { type Runner, start } from '../operations/start.ts'
import { countFrozen, type Tally, tally, whichSelected } from '../selections/selected.ts'
import {
  beginSelection,
  freeze,
  noteMatched,
  noteTicks,
  openSelection,
  type Purpose,
  type Selection,
  selectNone
} from '../selections/selection.ts'
import { actorOf, calendarOf, signedIn } from '../web/access.ts'
import { Refusal, RuleError } from '../web/errors.ts'
import { idParams } from '../web/fields.ts'
import type { App } from '../web/validation.ts'
import { wantsFragment } from '../web/view.ts'
import { findMembers, movesInto } from './effects.ts'
import type { Group } from './group.ts'
import { type Heading, titled } from './heading.ts'
import type { MovedFrom } from './membership.ts'
import { changedTicks, Picked, type PickerForm, pickerForm } from './picker-form.ts'
import { findGroup, listNames } from './queries.ts'
import { mayAdd, refusedRemoval } from './rights.ts'

/** What the bar at the bottom of a picker says. */
interface Bar {
  group: Group
  purpose: Purpose
  tally: Tally
  /** From which groups people would be moved, once the person is asked whether they are sure; else null. */
  moves: MovedFrom[] | null
}

declare module '../web/view.ts' {
  interface Views {
    'groups/picker': Heading &
      Listing &
      Bar & {
        path: string
        picked: Picked
        filter: CustomerFilter
        selectionId: string
        selected: Set<number>
        /** Of those shown, who is in the group already. */
        members: Set<number>
        locations: string[]
        groups: string[]
        error: string | null
      }
    'groups/_bar': Bar
  }
}

const query = z.record(z.string(), z.unknown())
const add = { schema: { params: idParams, querystring: query } } as const
const adding = { schema: { params: idParams, body: pickerForm } } as const
const remove = { ...add, config: { role: 'manager' as const } } as const
const removing = { ...adding, config: { role: 'manager' as const } } as const

/** So many boxes one by one; more are chosen as All Pages. */
const MOST_TICKED = 1_000
/** Staff put single customers into groups (design.md, Roles). */
const MOST_BY_STAFF = 25

type Request = FastifyRequest<{ Params: { id: number } }>

/** Add Existing Customers and Bulk Remove: who is selected lasts while one searches, filters and pages. */
export async function pickerRoutes(app: App, runner: Runner) {
  app.get('/groups/:id/add', add, async (request, reply) => show(request, reply, 'add', new Picked(request.query)))
  app.get('/groups/:id/remove', remove, async (request, reply) =>
    show(request, reply, 'remove', new Picked(request.query))
  )
  app.post('/groups/:id/add', adding, async (request, reply) => act(runner, request, reply, 'add', request.body))
  app.post('/groups/:id/remove', removing, async (request, reply) =>
    act(runner, request, reply, 'remove', request.body)
  )
}

async function show(request: Request, reply: FastifyReply, purpose: Purpose, picked: Picked) {
  const group = await findGroup(request.em, request.params.id)
  refuse(request, group, purpose)
  return page(request, reply, group, purpose, picked)
}

/** Every button of the form, and every tick: what the boxes say is kept first, so that nothing is lost on the way. */
async function act(runner: Runner, request: Request, reply: FastifyReply, purpose: Purpose, form: PickerForm) {
  const { em } = request
  const group = await findGroup(em, request.params.id)
  refuse(request, group, purpose)
  const actor = actorOf(request)
  const path = pathOf(group, purpose)
  const picked = Picked.at(form.at ? `${form.at}&selection=${form.selection}` : `selection=${form.selection}`)
  const { selection, isNew } = await openSelection(em, form.selection, group, purpose, actor)
  if (selection.operationId !== null) return afterwards(reply, await findOperation(em, selection.operationId))
  const error = tooMany(form)
  if (error) return page(request, reply.code(422), group, purpose, picked, error)
  const before = isNew ? NOBODY : await tally(em, selection, group)
  await em.transactional(async (inner) => {
    if (isNew) await beginSelection(inner, selection, actor)
    await noteTicks(inner, selection.id, changedTicks(form))
    if (form.do === 'page') await noteTicks(inner, selection.id, { on: form.shown, off: [] })
    if (form.do === 'none') await selectNone(inner, selection.id)
  })
  if (form.do === 'all') await selectAllPages(request, selection, group, picked)
  if (form.do === 'tick') return bar(request, reply, group, purpose, picked, selection)
  if (form.do === 'go' || form.do === 'sure')
    return go(runner, request, reply, { group, purpose, picked, form, selection, before })
  const next = form.do === 'find' ? found(picked, form) : form.do.startsWith('?') ? elsewhere(form) : picked
  if (!wantsFragment(request)) return reply.seeOther(next.placeHref(path))
  reply.header('HX-Replace-Url', next.placeHref(path))
  return page(request, reply, group, purpose, next)
}

function pathOf(group: Group, purpose: Purpose): string {
  return `/groups/${group.id}/${purpose}`
}

/** The search and filters as they were typed, in the order the list is in. */
function found(picked: Picked, form: PickerForm): Picked {
  const { look } = picked.filter
  const members = picked.withMembers ? 'show' : undefined
  return new Picked({ ...form, sort: look.sort, dir: look.dir, after: undefined, before: undefined, members })
}

function elsewhere({ do: address, selection }: PickerForm): Picked {
  return Picked.at(`${address}&selection=${selection}`)
}

function tooMany({ ids, shown }: PickerForm): string | null {
  const most = MOST_TICKED.toLocaleString('en')
  return ids.length > MOST_TICKED || shown.length > MOST_TICKED
    ? `Select at most ${most} customers one by one; All Pages selects any number.`
    : null
}

/** All Pages: the filter of the list as it is shown, from now on whatever page it is looked at. */
async function selectAllPages(
  request: FastifyRequest,
  selection: Selection,
  group: Group,
  picked: Picked
): Promise<void> {
  if (!signedIn(request).may('manager')) throw new Refusal(403, 'Only managers and admins may select All Pages.')
  const { em } = request
  const within = (await namedGroups(em, picked.filter)).map(({ groupId, isList }) => ({ groupId, isList }))
  const filter = { params: picked.filter.params, within, withMembers: picked.withMembers, ...calendarOf(request) }
  await em.transactional(async (inner) => {
    await freeze(inner, selection.id, filter)
    const { selection: frozen } = await openSelection(inner, selection.id, group, selection.purpose, actorOf(request))
    await noteMatched(inner, selection.id, await countFrozen(inner, frozen, group))
  })
}

const NOBODY: Tally = { selected: 0, matched: null, minus: 0, plus: 0 }

interface Going {
  group: Group
  purpose: Purpose
  picked: Picked
  form: PickerForm
  selection: Selection
  before: Tally
}

/** Carries it out; into a primary group only once the person has been told from where people would be moved (rule 5). */
async function go(
  runner: Runner,
  request: Request,
  reply: FastifyReply,
  { group, purpose, picked, form, selection, before }: Going
) {
  const { em } = request
  const { selected } = await tally(em, selection, group)
  const refusal = refusedNumber(request, selected, purpose)
  if (refusal) return page(request, reply.code(422), group, purpose, picked, refusal)
  if (form.do === 'go' && purpose === 'add' && !group.isList) {
    const moves = await movesInto(em, group, selection)
    if (moves.length) return ask(request, reply, group, picked)
  }
  const chosen =
    form.expected === undefined ? Math.max(selected, form.ids.length) : form.expected + selected - before.selected
  const asked = { kind: purpose, group, selectionId: selection.id, expected: Math.max(0, chosen), size: selected }
  const operation = await start(runner, em, asked, actorOf(request))
  // Nothing was done, and the selection is as it was.
  if (operation.state === 'failed') return page(request, reply.code(409), group, purpose, picked, operation.failure)
  return afterwards(reply, operation)
}

async function ask(request: Request, reply: FastifyReply, group: Group, picked: Picked) {
  const address = picked.placeHref(pathOf(group, 'add'), { sure: 'ask' })
  if (!wantsFragment(request)) return reply.seeOther(address)
  return page(request, reply, group, 'add', Picked.at(address))
}

function refusedNumber(request: FastifyRequest, selected: number, purpose: Purpose): string | null {
  if (selected === 0) return `Select at least one customer, then ${purpose}.`
  if (selected <= MOST_BY_STAFF || signedIn(request).may('manager')) return null
  return `You may add up to ${MOST_BY_STAFF} customers at a time; a manager can add more.`
}

async function bar(
  request: Request,
  reply: FastifyReply,
  group: Group,
  purpose: Purpose,
  picked: Picked,
  { id }: Selection
) {
  const { selection } = await openSelection(request.em, id, group, purpose, actorOf(request))
  const said = { group, purpose, tally: await tally(request.em, selection, group), moves: null }
  const address = picked.placeHref(pathOf(group, purpose))
  if (!wantsFragment(request)) return reply.seeOther(address)
  // So that the page is found again as it is left.
  reply.header('HX-Replace-Url', address)
  return reply.page('groups/_bar', said, 'groups/_bar')
}

async function page(
  request: Request,
  reply: FastifyReply,
  group: Group,
  purpose: Purpose,
  picked: Picked,
  error: string | null = null
) {
  const { em } = request
  const path = pathOf(group, purpose)
  const { filter } = picked
  // Spent or another's: the page is for a new one then.
  const opened = picked.selectionId && (await openSelection(em, picked.selectionId, group, purpose, actorOf(request)))
  const isOpen = opened && opened.selection.operationId === null
  const { selection } = isOpen ? opened : await openSelection(em, crypto.randomUUID(), group, purpose, actorOf(request))
  const shown = await listing(em, path, filter, calendarOf(request), await among(em, group, purpose, picked))
  const ids = shown.customers.rows.map((customer) => customer.id)
  const asks = picked.asks && purpose === 'add'
  const [selected, members, said, moves, locations, groups] = await Promise.all([
    whichSelected(em, selection, group, ids),
    purpose === 'add' && picked.withMembers ? findMembers(em, group, ids) : new Set<number>(),
    tally(em, selection, group),
    asks ? movesInto(em, group, selection) : null,
    listLocations(em),
    listNames(em)
  ])
  if (filter.hasErrors) reply.code(422)
  const countHref = shown.countHref && picked.placeHref(path, { count: 'all' })
  const list = {
    ...shown,
    countHref,
    path,
    picked,
    filter,
    selectionId: selection.id,
    selected,
    members,
    locations,
    groups,
    error
  }
  const title = purpose === 'add' ? `Add Customers to ${group.name}` : `Remove Customers from ${group.name}`
  return reply.page(
    'groups/picker',
    { ...titled(title), group, purpose, tally: said, moves, ...list },
    'groups/_picker'
  )
}

async function among(em: Em, group: Group, purpose: Purpose, { withMembers }: Picked) {
  const [size, everyone] = await Promise.all([countMembers(em, group.id), countEveryone(em)])
  const own = { groupId: group.id, isList: group.isList, size }
  const except = [WALK_IN_CUSTOMER]
  if (purpose === 'remove') return { within: [own], except, everyone }
  return withMembers ? { within: [], except, everyone } : { within: [], without: own, except, everyone }
}

function refuse(request: FastifyRequest, group: Group, purpose: Purpose): void {
  if (purpose === 'remove') {
    if (group.system) throw new RuleError(refusedRemoval(group))
    return
  }
  if (group.system === 'walk-in')
    throw new RuleError('Walk-in holds exactly the walk-in customer; nobody can be added to it.')
  if (!mayAdd(group, signedIn(request))) {
    throw new Refusal(
      403,
      `${group.name} allows on-account sale or manual discounts, so only managers and admins may add customers to it.`
    )
  }
}
