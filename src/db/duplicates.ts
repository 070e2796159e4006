import type { FieldErrors } from '../lib/field-errors.ts'
import { isUniqueBreach } from './breaches.ts'
import type { Em } from './orm.ts'

/** The owner of a value that a form asks for and that only one may have, with a sentence that says so. */
export interface Owner {
  field: string
  id: number
  name: string
  sentence: string
}

/** A value that only one may have belongs to somebody else. The form names the owners and links to them. */
export class DuplicateError extends Error {
  readonly owners: Owner[]
  constructor(owners: Owner[]) {
    super(owners.map(({ sentence }) => sentence).join(' '))
    this.owners = owners
  }

  get errors(): FieldErrors {
    return Object.fromEntries(this.owners.map(({ field, sentence }) => [field, sentence]))
  }
}

type FindOwners = (em: Em) => Promise<Owner[]>

/**
 * Saves a row with values that only one may have.
 * @throws DuplicateError if somebody else has one of them.
 */
export async function refuseDuplicates<Result>(
  em: Em,
  findOwners: FindOwners,
  save: () => Promise<Result>
): Promise<Result> {
  const owners = await findOwners(em)
  if (owners.length) throw new DuplicateError(owners)
  return explainDuplicates(em, findOwners, save)
}

/**
 * Saves as refuseDuplicates() does, but without a query beforehand: the database refuses the duplicate, and only then
 * are its owners looked for.
 */
export async function explainDuplicates<Result>(
  em: Em,
  findOwners: FindOwners,
  save: () => Promise<Result>
): Promise<Result> {
  try {
    return await save()
  } catch (error) {
    if (!isUniqueBreach(error)) throw error
    // Somebody may have got the value between the query and the write. The transaction has failed, so the owners are
    // looked for over another connection.
    throw new DuplicateError(await findOwners(em.fork({ keepTransactionContext: false })))
  }
}
