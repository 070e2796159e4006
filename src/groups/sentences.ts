import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row } from '../db/rows.ts'
import type { Group, MovedFrom } from './group.ts'

export const number = (value: number) => value.toLocaleString('en')
export const customers = (count: number) => (count === 1 ? '1 customer' : `${number(count)} customers`)
export const listCount = (count: number) => (count === 1 ? '1 list' : `${number(count)} lists`)

export const wasOrWere = (count: number) => (count === 1 ? 'was' : 'were')

/** Parts of a sentence; those without words are left out. */
export const joinWithCommas = (parts: (string | number | false)[]) => parts.filter(Boolean).join(', ')

/** Sentences, one after the other; likewise. */
export const joinSentences = (...sentences: (string | number | false)[]) => sentences.filter(Boolean).join(' ')

/** "280 from Staff, 32 from VIP" */
export function groupsText(groups: MovedFrom[], word: 'from' | 'to'): string {
  return groups.map(({ name, count }) => `${number(count)} ${word} ${name}`).join(', ')
}

const MOST_NAMED = 5

/** "300 from Default, 105 from Staff", of many groups the largest: the numbers add up all the same. */
export function sourcesText(from: MovedFrom[]): string {
  const rest = from.slice(MOST_NAMED)
  const count = rest.reduce((sum, one) => sum + one.count, 0)
  const others = rest.length ? `, ${number(count)} from ${rest.length === 1 ? 'another group' : 'other groups'}` : ''
  return `${groupsText(from.slice(0, MOST_NAMED), 'from')}${others}`
}

/** What staff are told before customers leave groups that they can't put them back into. */
export function noWayBackSentence(names: string[], who = 'them'): string {
  const others = names.length > MOST_NAMED ? ['another group'] : []
  return `Only managers and admins can move ${who} back to ${[...names.slice(0, MOST_NAMED), ...others].join(' or ')}.`
}

/** Names the one person that was removed, or says why nobody was. */
export async function removedSentence(em: Em, group: Group, asked: number[], removed: number): Promise<string> {
  if (removed === 0) return `Nothing was changed: they were no longer in ${group.name}.`
  const one =
    asked.length === 1 && (await row(em, sql<{ name: string }>`select name from customer where id = ${asked[0] ?? 0}`))
  const who = one ? one.name : customers(removed)
  const gone = `${who} ${wasOrWere(removed)} removed from ${group.name}`
  return group.isList ? `${gone}.` : `${gone} and moved to Default.`
}
