import type { z } from 'zod'
import { changesBetween, note } from '../activity/note.ts'
import { refuseDuplicates } from '../db/duplicates.ts'
import type { Em } from '../db/orm.ts'
import { saveOver } from '../db/versioned.ts'
import type { Actor } from '../lib/actor.ts'
import { findByName } from './choices.ts'
import type { groupChanges, newGroup } from './form.ts'
import { Group } from './group.ts'
import { NOT_FOR_WALK_IN } from './settings.ts'

export async function createGroup(em: Em, form: z.output<typeof newGroup>, actor: Actor): Promise<Group> {
  const { key: _key, ...values } = form
  return refuseDuplicates(em, namesake(form.name, null), async () => {
    const group = em.create(Group, { ...values, createdBy: actor.id, system: null })
    await em.flush()
    await note(em, 'group-created', actor, { group })
    return group
  })
}

/** Saves a group's form over the version that its author was shown (src/db/versioned.ts). */
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
    ...(group.isWalkIn ? NOT_FOR_WALK_IN : {})
  }
  await refuseDuplicates(em, namesake(name, group.id), async () =>
    em.transactional(async (inner) => {
      const before = await saveOver(inner, Group, { id: group.id }, version, values)
      const changes = changesBetween(before, values)
      if (changes.length) await note(inner, 'group-changed', actor, { group, details: { changes } })
    })
  )
}

/** Finds another group that has the name already (docs/rules.md, 9). */
const namesake = (name: string, ownId: number | null) => async (em: Em) => {
  const owner = await findByName(em, name)
  if (!owner || owner.id === ownId) return []
  const sentence = `There is already a group called ${owner.name}. Choose another name.`
  return [{ field: 'name', id: owner.id, name: owner.name, sentence }]
}
