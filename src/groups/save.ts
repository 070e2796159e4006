import type { z } from 'zod'
import { changesBetween, note } from '../activity/note.ts'
import { isUniqueBreach } from '../db/breaches.ts'
import type { Em } from '../db/orm.ts'
import { saveOver } from '../db/versioned.ts'
import type { Actor } from '../lib/actor.ts'
import type { FieldErrors } from '../lib/field-errors.ts'
import { findByName, type GroupChoice } from './choices.ts'
import type { groupChanges, newGroup } from './form.ts'
import { Group } from './group.ts'

/** The name belongs to another group; the form names it and links to it. */
export class NameTaken extends Error {
  readonly owner: GroupChoice
  constructor(owner: GroupChoice) {
    super(`There is already a group called ${owner.name}.`)
    this.owner = owner
  }

  get errors(): FieldErrors {
    return { name: `${this.message} Choose another name.` }
  }
}

export async function createGroup(em: Em, form: z.output<typeof newGroup>, actor: Actor): Promise<Group> {
  const { key: _key, ...values } = form
  return refusingTakenNames(em, form.name, null, async () => {
    const group = em.create(Group, { ...values, createdBy: actor.id, system: null })
    await em.flush()
    await note(em, 'group-created', actor, { group })
    return group
  })
}

/** Changes a group over the version that somebody was shown (src/db/versioned.ts). */
export async function changeGroup(
  em: Em,
  group: Group,
  form: z.output<typeof groupChanges>,
  actor: Actor
): Promise<void> {
  const { name, description, version, ...settings } = form
  const values = {
    description,
    ...(group.system ? {} : { name }),
    ...(group.isList ? {} : settings),
    ...(group.system === 'walk-in' ? { allowsOnAccount: false } : {})
  }
  await refusingTakenNames(em, name, group.id, async () =>
    em.transactional(async (inner) => {
      const before = await saveOver(inner, Group, { id: group.id }, version, values)
      const changes = changesBetween(before, values)
      if (changes.length) await note(inner, 'group-changed', actor, { group, details: { changes } })
    })
  )
}

async function refusingTakenNames<Result>(
  em: Em,
  name: string,
  ownId: number | null,
  save: () => Promise<Result>
): Promise<Result> {
  const owner = await findByName(em, name)
  if (owner && owner.id !== ownId) throw new NameTaken(owner)
  try {
    return await save()
  } catch (error) {
    if (!isUniqueBreach(error)) throw error
    // Taken between our look and our write; the transaction is over, so ask on a connection of our own who it was.
    const winner = await findByName(em.fork({ keepTransactionContext: false }), name)
    throw winner ? new NameTaken(winner) : error
  }
}
