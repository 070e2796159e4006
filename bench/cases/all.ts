import { StartError } from '../../src/config.ts'
import type { Case } from '../case.ts'
import { atOnceCases } from './at-once.ts'
import { browserCases } from './browser.ts'
import { bulkCases } from './bulk.ts'
import { customerCases } from './customers.ts'
import { figureCases, verifiedCase } from './figures.ts'
import { groupCases } from './groups.ts'
import { importCases } from './imports.ts'
import { emptiedCases, listCases } from './lists.ts'
import { membershipCases } from './memberships.ts'
import { processCases } from './process.ts'
import { saleCases } from './sales.ts'
import { searchCases } from './search.ts'
import { tillCases } from './tills.ts'

/**
 * All cases in the order in which they run: first those that only read, then those that change a little, and last those
 * that move a tenth of all customers.
 */
export const CASES: Case[] = [
  ...groupCases,
  ...listCases,
  ...searchCases,
  ...atOnceCases,
  ...browserCases,
  ...figureCases,
  ...tillCases,
  ...saleCases,
  ...customerCases,
  ...membershipCases,
  ...emptiedCases,
  ...bulkCases,
  ...importCases,
  verifiedCase,
  ...processCases
]

/** The cases with these names, or whose names begin with one of these; all cases if no name is given. */
export function chooseCases(names: string[]): Case[] {
  for (const name of names) {
    if (!CASES.some((one) => isMeant(one, name)))
      throw new StartError(`--case ${name} is none of the bench's; they begin with ${beginnings().join(', ')}.`)
  }
  return names.length === 0 ? CASES : CASES.filter((one) => names.some((name) => isMeant(one, name)))
}

function isMeant(one: Case, name: string): boolean {
  return one.name === name || one.name.startsWith(`${name}/`)
}

function beginnings(): string[] {
  return [...new Set(CASES.map(({ name }) => name.split('/')[0] ?? ''))]
}
