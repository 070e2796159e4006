import type { Kind } from '../../activity/kinds.ts'
import type { Operation } from '../../activity/note.ts'
import type { Entry } from '../../activity/queries.ts'
import type { Format } from '../../lib/format.ts'
import { asLabelled, changes } from './changes.ts'
import { departureSentence } from './departures.ts'
import { ONE_OF_MANY } from './one-of-many.ts'
import { name, type Part, plain, say } from './parts.ts'

/** The sentence that tells people what happened. */
export function sentence(entry: Entry, f: Format): Part[] {
  return SENTENCES[entry.kind](namesOf(entry), entry, f)
}

export type Names = ReturnType<typeof namesOf>
export type Sentence = (names: Names, entry: Entry, f: Format) => Part[]

const SENTENCES: Record<Kind, Sentence> = {
  'group-created': ({ by, group }) => say`${by} created ${group}`,
  'group-changed': ({ by, group }, { details }, f) => say`${by} changed ${group}: ${changes(details.changes, f)}`,
  'group-deleted': (names, entry, f) =>
    entry.customerId === null
      ? say`${names.by} deleted ${names.group}${fate(entry, f)}`
      : ONE_OF_MANY['delete-group'](names, entry, f),
  joined: ({ by, customer, group }, { details }) =>
    say`${by} added ${customer} ${details.undone === undefined ? 'to' : 'back to'} ${group}`,
  moved: ({ by, customer, group, from }, { details }) =>
    say`${by} moved ${customer} from ${from} ${details.undone === undefined ? 'to' : 'back to'} ${group}`,
  left: ({ by, customer, group }, { details }) =>
    details.undone === undefined
      ? say`${by} removed ${customer} from ${group}`
      : say`${by} undid adding ${customer} to ${group}`,
  operation: (names, entry, f) => operationSentence(names, entry, f),
  'customer-created': ({ by, customer }) => say`${by} created customer ${customer}`,
  'customer-changed': ({ by, customer }, { values }, f) =>
    values.length ? say`${by} changed ${customer}: ${changes(values, f)}` : say`${by} changed ${customer}`,
  'customer-deleted': ({ by }, { customerId }) => say`${by} deleted customer ${name(`${customerId}`)}`,
  exported: ({ by, group }, entry, f) => {
    const ofGroup = entry.groupId === null ? '' : say` from ${group}`
    return say`${by} exported ${people(entry, f)}${ofGroup} as ${entry.details.by ?? 'a file'}`
  },
  payment: ({ by, customer }, { details }, f) =>
    say`${by} took a payment of ${f.money(unsigned(details.amount))} from ${customer}`,
  adjustment: ({ by, customer }, { details }, f) =>
    say`${by} adjusted ${customer}’s account by ${f.money(details.amount ?? null)}`,
  'staff-invited': ({ by, person }, { details }) => say`${by} invited ${person} as ${details.by ?? 'staff'}`,
  'staff-changed': ({ by, person }, { details }, f) => say`${by} changed ${person}: ${changes(details.changes, f)}`,
  'staff-disabled': ({ by, person }) => say`${by} disabled ${person}`,
  'staff-enabled': ({ by, person }) => say`${by} enabled ${person}`,
  'link-made': ({ by, person }, { details }) =>
    say`${by} created ${details.by === 'reset' ? 'a password reset link' : 'an invitation link'} for ${person}`,
  'password-changed': ({ by }, { details }) =>
    say`${by} set a ${details.by === 'link' ? 'password with a one-time link' : 'new password'}`,
  'settings-changed': ({ by }, { details }, f) =>
    say`${by} changed the settings: ${changes(asLabelled(details.changes), f)}`,
  'tills-changed': ({ by }, { details }) => say`${by} ${details.by ?? 'changed a till'}`,
  reviewed: ({ by }, { details }) => say`${by} ${details.by ?? 'settled notes in To review'}`,
  'signed-in': ({ by }) => say`${by} signed in`,
  'sign-in-failed': ({ person }, { staffMemberId }) =>
    staffMemberId === null
      ? say`Failed sign-in with an e-mail that has no active account`
      : say`Failed sign-in as ${person}`,
  'signed-out': ({ by }) => say`${by} signed out`,
  'signed-out-everywhere': ({ by }, { details }, f) =>
    say`${by} signed out of ${f.count(details.sessions ?? 0, 'other browser')}`
}

function namesOf(entry: Entry) {
  const { groupId, group, fromGroupId, fromGroup, customerId, customer, staffMemberId, person, details } = entry
  return {
    by: name(entry.by ?? 'Someone at the server'),
    group: group === null ? name(details.group ?? 'a deleted group') : name(group, `/groups/${groupId}`),
    from: fromGroup === null ? name(details.from ?? 'a deleted group') : name(fromGroup, `/groups/${fromGroupId}`),
    customer: customer === null ? plain('a deleted customer') : name(customer, `/customers/${customerId}`),
    person: name(person ?? 'someone', person === null ? null : `/staff/${staffMemberId}/edit`, 'admin')
  }
}

/** The sentences about bulk operations. */
const OPERATIONS: Record<Operation, Sentence> = {
  add: ({ by, group }, entry, f) => {
    const { customers = 0, moved = 0 } = entry.details.counts ?? {}
    if (!moved) return say`${by} added ${people(entry, f)} to ${group}`
    const rest = customers - moved
    const sources = rest ? ` (${f.number(moved)} from other groups, ${f.number(rest)} from Default)` : ''
    return say`${by} moved ${people(entry, f)} to ${group}${sources}`
  },
  remove: ({ by, group }, entry, f) => say`${by} removed ${people(entry, f)} from ${group}`,
  import: ({ by, group }, entry, f) => {
    const { created = 0, moved = 0 } = entry.details.counts ?? {}
    const ofThese = [created && `${f.number(created)} new`, moved && `${f.number(moved)} from other groups`].filter(
      Boolean
    )
    const into = entry.groupId === null ? '' : say` into ${group}`
    return say`${by} imported ${people(entry, f)}${into}${ofThese.length ? ` (${ofThese.join(', ')})` : ''}`
  },
  'delete-group': ({ by, group }, entry, f) => say`${by} deleted ${group} with ${people(entry, f)} in it`,
  undo: ({ by, group }, entry, f) => {
    const { customers = 0, created = 0, left = 0 } = entry.details.counts ?? {}
    const back = customers - created
    const skipped = left && `${f.number(left)} skipped (changed since then)`
    const effects = [
      created && `${f.count(created, 'customer')} deleted`,
      (back || !created) && `${f.count(back, 'customer')} changed back`,
      skipped
    ].filter(Boolean)
    const { undoneKind, undidMoves } = entry
    const rest = skipped ? `, ${skipped}` : ''
    if (undoneKind === 'add')
      return say`${by} undid ${undidMoves ? 'moving' : 'adding'} ${people(entry, f)} to ${group}${rest}`
    if (undoneKind === 'remove') return say`${by} undid removing ${people(entry, f)} from ${group}${rest}`
    if (undoneKind === 'import' && entry.groupId === null) return say`${by} undid an import: ${effects.join(', ')}`
    const what = undoneKind ? UNDONE[undoneKind] : 'a change to'
    return say`${by} undid ${what} ${group}: ${effects.join(', ')}`
  }
}

const UNDONE: Record<Exclude<Operation, 'add' | 'remove'>, string> = {
  import: 'the import into',
  'delete-group': 'deleting',
  undo: 'a change to'
}

function operationSentence(names: Names, entry: Entry, f: Format): Part[] {
  const { operation = 'add' } = entry.details
  const { operationId } = entry
  const about = entry.customerId === null ? OPERATIONS : ONE_OF_MANY
  const sentence = entry.taken === null ? about[operation](names, entry, f) : departureSentence(names, entry, f)
  if (operationId === null) return sentence
  return [
    ...sentence,
    plain(' '),
    { ...plain('Details'), href: `/operations/${operationId}`, role: 'manager', isLink: true }
  ]
}

function people({ details }: Entry, f: Format): string {
  return f.count(details.counts?.customers ?? 0, 'customer')
}

/** What became of the members of a deleted group. */
function fate(entry: Entry, f: Format): string {
  if (!entry.details.counts?.customers) return ''
  return entry.details.by === 'list'
    ? `; ${people(entry, f)} ${entry.details.counts.customers === 1 ? 'was' : 'were'} on it`
    : `; ${people(entry, f)} moved to Default`
}

function unsigned(amount: string | undefined): string | null {
  return amount?.replace('-', '') ?? null
}
