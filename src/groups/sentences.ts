import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row } from '../db/rows.ts'
import type { Group, MovedFrom } from './group.ts'

export const number = (value: number) => value.toLocaleString('en')
export const customers = (count: number) => (count === 1 ? '1 customer' : `${number(count)} customers`)
export const listCount = (count: number) => (count === 1 ? '1 list' : `${number(count)} lists`)

export const wasOrWere = (count: number) => (count === 1 ? 'was' : 'were')

/** Joins the parts of a sentence with commas, leaving out empty ones. */
export const joinWithCommas = (parts: (string | number | false)[]) => parts.filter(Boolean).join(', ')

/** Joins sentences with spaces, leaving out empty ones. */
export const joinSentences = (...sentences: (string | number | false)[]) => sentences.filter(Boolean).join(' ')

/** Counts by group, such as "280 from Staff, 32 from VIP". */
export function groupsText(groups: MovedFrom[], word: 'from' | 'to'): string {
  return groups.map(({ name, count }) => `${number(count)} ${word} ${name}`).join(', ')
}

const MOST_NAMED = 5

/**
 * Counts by group, such as "300 from Default, 105 from Staff". If there are many groups, only the largest are named and
 * the rest are summed up, so that the numbers still add up.
 */
export function sourcesText(from: MovedFrom[]): string {
  const rest = from.slice(MOST_NAMED)
  const count = rest.reduce((sum, one) => sum + one.count, 0)
  const others = rest.length ? `, ${number(count)} from ${rest.length === 1 ? 'another group' : 'other groups'}` : ''
  return `${groupsText(from.slice(0, MOST_NAMED), 'from')}${others}`
}

/** The sentence that warns staff before customers leave groups that staff can't put them back into. */
export function noWayBackSentence(names: string[], who = 'them'): string {
  const others = names.length > MOST_NAMED ? ['another group'] : []
  return `Only managers and admins can move ${who} back to ${[...names.slice(0, MOST_NAMED), ...others].join(' or ')}.`
}

/** Says who was removed, by name if it was one customer, or why nobody was. */
export async function removedSentence(em: Em, group: Group, asked: number[], removed: number): Promise<string> {
  if (removed === 0) return `Nothing was changed: they were no longer in ${group.name}.`
  const one =
    asked.length === 1 && (await row(em, sql<{ name: string }>`select name from customer where id = ${asked[0] ?? 0}`))
  const who = one ? one.name : customers(removed)
  const gone = `${who} ${wasOrWere(removed)} removed from ${group.name}`
  return group.isList ? `${gone}.` : `${gone} and moved to Default.`
}
