import type { FilterQuery } from '@mikro-orm/core'
import type { Em } from '../db/orm.ts'
import { Refusal } from '../lib/errors.ts'
import { FileImport, OVER } from './file-import.ts'

export async function findImport(em: Em, id: number): Promise<FileImport> {
  return (await findLatest(em, { id })) ?? missing()
}

export async function findImportOf(em: Em, operationId: number): Promise<FileImport> {
  return (await findLatest(em, { operationId })) ?? missing()
}

function missing(): never {
  throw new Refusal(404, 'This import does not exist.')
}

export async function findImportId(em: Em, operationId: number): Promise<number | null> {
  return (await findLatest(em, { operationId }))?.id ?? null
}

/** The latest open import into a group that a person has begun. */
export async function findOpenImport(em: Em, groupId: number, personId: number): Promise<FileImport | null> {
  return findLatest(em, { groupId, askedById: personId, state: { $nin: ['uploading', ...OVER] } })
}

export async function findByKey(em: Em, key: string): Promise<FileImport | null> {
  return findLatest(em, { key })
}

const MOST_LISTED = 20

/** The latest imports into a group, open or ended. */
export async function listImports(em: Em, groupId: number): Promise<FileImport[]> {
  return findImports(em, { groupId, state: { $nin: ['uploading', 'cancelled'] } }, MOST_LISTED)
}

async function findLatest(em: Em, where: FilterQuery<FileImport>): Promise<FileImport | null> {
  return (await findImports(em, where, 1))[0] ?? null
}

/**
 * Loads imports as they are at this moment, outside the identity map: an object that a page has found doesn't change if
 * its row is found again in a transaction that then fails.
 */
async function findImports(em: Em, where: FilterQuery<FileImport>, limit: number): Promise<FileImport[]> {
  return em.find(FileImport, where, { orderBy: { id: 'desc' }, limit, disableIdentityMap: true })
}
