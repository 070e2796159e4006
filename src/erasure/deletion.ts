import { sql } from 'kysely'
import { noteCustomerDeleted } from '../activity/note.ts'
import { eraseFromOperations } from '../activity/operation-customers.ts'
import type { Customer } from '../customers/customer.ts'
import { forgetPlaces } from '../customers/places.ts'
import { isDeadlock } from '../db/breaches.ts'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'
import type { Actor } from '../lib/actor.ts'
import { Refusal, RuleError } from '../lib/errors.ts'
import type { Decimal } from '../lib/format.ts'
import { eraseFromImports } from './from-imports.ts'
import { eraseFromSelections } from './from-selections.ts'
import { findIdentity, type Identity } from './identity.ts'

/** What a deletion ends. A customer who owes something, or is owed something, can't be deleted. */
export interface DeletionEffect {
  balance: Decimal
  sales: number
  groups: number
}

export async function findDeletionEffect(em: Em, customerId: number): Promise<DeletionEffect> {
  const remains = await row(
    em,
    sql<DeletionEffect>`
    select (select coalesce(sum(amount), 0) from account_entry where customer_id = ${customerId}) as balance,
      (select count(*)::int from sale where customer_id = ${customerId}) as sales,
      (select count(*)::int from membership where customer_id = ${customerId}) as groups
  `
  )
  if (!remains) throw new Error('A sum has no row')
  return remains
}

/**
 * Erases a person: everything that says who they were, their memberships and their totals. Their sales and account
 * entries stay, nameless (docs/rules.md, 8). Returns what there was.
 * @throws RuleError while their account is not settled.
 */
export async function deleteCustomer(em: Em, customer: Customer, actor: Actor): Promise<DeletionEffect> {
  if (customer.isWalkIn) {
    throw new RuleError('The walk-in customer is for sales to people who leave no name. It can’t be deleted.')
  }
  for (let tries = 1; ; tries++) {
    try {
      return await em.transactional((inner) => erase(inner, customer, actor))
    } catch (error) {
      // An import that adds this customer to a group at this moment locks its rows first and the customer second, so the
      // two can deadlock.
      if (!isDeadlock(error) || tries === TRIES) throw error
    }
  }
}

const TRIES = 3

async function erase(em: Em, customer: Customer, actor: Actor): Promise<DeletionEffect> {
  await lockCustomer(em, customer.id)
  const remains = await findDeletionEffect(em, customer.id)
  if (Number(remains.balance) !== 0) {
    throw new RuleError(`${customer.name}’s account is not settled. Settle it first, then delete the customer.`)
  }
  // Staff typed these texts, perhaps about the person.
  await rows(
    em,
    sql`
    update account_entry set reason = null, reference = null
    where customer_id = ${customer.id} and (reason is not null or reference is not null)
  `
  )
  // What a till sent may name them.
  await rows(em, sql`update review set received = null where customer_id = ${customer.id} and received is not null`)
  const known = await findIdentity(em, customer.id)
  await eraseFromImports(em, known, actor.now)
  await eraseFromSelections(em, known)
  await eraseFromOperations(em, customer.id)
  await rows(em, sql`delete from customer where id = ${customer.id}`)
  await forgetInOverviews(em, known)
  await forgetPlaces(em, known.places)
  await noteCustomerDeleted(em, customer.id, actor)
  return remains
}

/** Overviews name locations. One where nobody lives any more could only be this person's, so it is deleted. */
async function forgetInOverviews(em: Em, { places }: Identity): Promise<void> {
  await rows(
    em,
    sql`
    delete from overview_row
    where part = 'location' and label = any(${places}::text[]) and not exists (select from customer where location = label)
  `
  )
}

/**
 * Locks the customer's rows in the order in which sales and moves lock them, so that none of these deadlock. A sale,
 * payment or join that comes later waits for the deletion and then finds no customer. One that came before has been
 * committed, and what follows sees it.
 */
async function lockCustomer(em: Em, customerId: number): Promise<void> {
  await rows(em, sql`select from primary_membership where customer_id = ${customerId} for update`)
  await rows(em, sql`select from customer_totals where customer_id = ${customerId} for update`)
  const held = await row(em, sql`select from customer where id = ${customerId} for update`)
  if (!held) throw new Refusal(404, 'This customer has already been deleted.')
}
