import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row } from '../db/rows.ts'
import type { Group } from './group.ts'
import type { AddResult, MovedFrom } from './membership.ts'

const number = (value: number) => value.toLocaleString('en')
const customers = (count: number) => (count === 1 ? '1 customer' : `${number(count)} customers`)

/** "280 from Staff, 32 from VIP" */
export function fromGroups(moved: MovedFrom[]): string {
  return moved.map(({ name, count }) => `${number(count)} from ${name}`).join(', ')
}

/** What became of everyone who was asked for: the parts add up to the whole. */
export function addedSentence(group: Group, { asked, added, moved, already, refused }: AddResult): string {
  const movedCount = moved.reduce((total, { count }) => total + count, 0)
  const parts = [
    added && `${number(added)} added`,
    movedCount && `${number(movedCount)} moved (${fromGroups(moved)})`,
    already && `${number(already)} already there`,
    refused && `${number(refused)} refused, because deleted meanwhile`
  ].filter(Boolean)
  return `${customers(asked)} to ${group.name}: ${parts.join(', ')}.`
}

/** Names the one person that was removed, or says why nobody was. */
export async function removedSentence(em: Em, group: Group, asked: number[], removed: number): Promise<string> {
  if (removed === 0) return `Nobody was removed: they were not in ${group.name} any more.`
  const one =
    asked.length === 1 && (await row(em, sql<{ name: string }>`select name from customer where id = ${asked[0] ?? 0}`))
  const who = one ? one.name : customers(removed)
  const are = removed === 1 ? 'is' : 'are'
  return group.isList ? `${who} left ${group.name}.` : `${who} left ${group.name} and ${are} in Default now.`
}
