import type { FieldErrors } from '../lib/field-errors.ts'
import { isUniqueBreach } from './breaches.ts'
import type { Em } from './orm.ts'

/** Who has what a field of a form wants, and a sentence that says so. */
export interface Owner {
  field: string
  id: number
  name: string
  sentence: string
}

/** What only one may have is somebody else's already; the form names them and links to them. */
export class Taken extends Error {
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

/** Saves what only one may have, unless it is somebody else's. */
export async function refusingTaken<Result>(
  em: Em,
  findOwners: FindOwners,
  save: () => Promise<Result>
): Promise<Result> {
  const owners = await findOwners(em)
  if (owners.length) throw new Taken(owners)
  return explainingTaken(em, findOwners, save)
}

/** Likewise where it is worth no question beforehand: the database refuses what is taken. */
export async function explainingTaken<Result>(
  em: Em,
  findOwners: FindOwners,
  save: () => Promise<Result>
): Promise<Result> {
  try {
    return await save()
  } catch (error) {
    if (!isUniqueBreach(error)) throw error
    // Perhaps taken between a look and the write. A transaction is over now, so a connection of its own asks who it was.
    throw new Taken(await findOwners(em.fork({ keepTransactionContext: false })))
  }
}
