/** Which customers a list holds, as a value; what is known of how many they are; and how the database is asked for them. */
import type { RawBuilder } from 'kysely'
import { rowsByIndex } from '../../db/by-index.ts'
import type { Em } from '../../db/orm.ts'
import { prepared } from '../../db/prepared.ts'
import type { Condition } from './filter-conditions.ts'

/** The members of a group. Their number is exact, unlike what the planner knows of them after a bulk change. */
export interface MemberSet {
  groupId: number
  isList: boolean
  size: number
  /** The set is not a group's, but everybody who is ticked in this selection. */
  tickedIn?: string
}

/** The customers of a list: all customers, or those who are in some groups, as far as they meet some conditions. */
export interface CustomerQuery {
  conditions: Condition[]
  /** The customers are in every one of these groups. */
  within: MemberSet[]
  /** The ids of customers who are left out, whatever conditions they meet. */
  except: number[]
  /** The members of this group are left out as well. */
  without?: MemberSet
  /** How many customers the retailer has in all. */
  everyone: number
}

/**
 * Asks for a page of a list, or for what decides how to find it. The statement is prepared where one plan is the best for all
 * values: that of a list with conditions depends on them, and that of a complement on how many are left out.
 */
export async function runListQuery<Row>(em: Em, query: CustomerQuery, statement: RawBuilder<Row>): Promise<Row[]> {
  const hasOnePlan = !query.conditions.length && !isSmallComplement(query)
  return rowsByIndex(em, hasOnePlan ? prepared(statement) : statement)
}

/** An index scan reads about this many rows in any case until it has filled a page. */
const ROWS_PER_PAGE = 26

/** There are so few that to read all of them is less work than to scan an index until enough of them have come by. */
export function areFew(size: number, everyone: number): boolean {
  return size * size < ROWS_PER_PAGE * everyone
}

/** How many customers a list holds where that is known without counting; else null. */
export function knownSize({ conditions, within, without, everyone }: CustomerQuery): number | null {
  if (conditions.length || within.length > 1) return null
  if (without) return within.length ? null : everyone - without.size
  return within[0]?.size ?? everyone
}

/** The list leaves out the members of a group that almost everyone is in: to read the whole group once finds the others sooner. */
export function isSmallComplement({ conditions, without, everyone }: CustomerQuery): boolean {
  return without !== undefined && !conditions.length && areFew(everyone - without.size, everyone)
}
