import type { FilterQuery } from '@mikro-orm/core'
import { note } from '../activity/note.ts'
import type { Em } from '../db/orm.ts'
import type { Actor, Nobody } from '../lib/actor.ts'
import { OneTimeLink } from './link.ts'
import type { StaffMember } from './staff-member.ts'
import { hashToken, newToken } from './token.ts'

type Purpose = OneTimeLink['purpose']

const HOURS: Record<Purpose, number> = { 'set-up': 24, invitation: 7 * 24, reset: 24 }

interface NewLink {
  token: string
  expiresAt: Date
}

/** Makes the only link that works for this person from now on: to their first password, or to a new one. The token is kept nowhere. */
export async function makeLink(em: Em, person: Pick<StaffMember, 'id' | 'passwordHash'>, now: Date): Promise<NewLink> {
  return insertLink(em, person.passwordHash ? 'reset' : 'invitation', person.id, now)
}

/** As makeLink(), for who asks for a link alone; an invitation's own goes without saying. */
export async function makeNotedLink(
  em: Em,
  person: Pick<StaffMember, 'id' | 'passwordHash'>,
  actor: Actor | Nobody
): Promise<NewLink> {
  return em.transactional(async (inner) => {
    const by = person.passwordHash ? 'reset' : 'invitation'
    await note(inner, 'link-made', actor, { staffMemberId: person.id, details: { by } })
    return makeLink(inner, person, actor.now)
  })
}

/** Whose link this is. Looking does not use it up: whatever looks into mails for danger must not spend it. */
export async function findLinkOwner(em: Em, token: string, now: Date): Promise<StaffMember | null> {
  const link = await em.findOne(OneTimeLink, lettingIn(token), { populate: ['staffMember'] })
  return link?.isOpen(now) ? (link.staffMember ?? null) : null
}

/** Uses a link up; of several who try at once one is answered true. */
export async function useLink(em: Em, token: string, now: Date): Promise<boolean> {
  return useUp(em, lettingIn(token), now)
}

/** Makes the only set-up link that works from now on. */
export async function makeSetUp(em: Em, now: Date): Promise<string> {
  const { token } = await insertLink(em, 'set-up', null, now)
  return token
}

/** Whether a set-up link still works. */
export async function findSetUp(em: Em, token: string, now: Date): Promise<boolean> {
  const link = await em.findOne(OneTimeLink, settingUp(token))
  return link?.isOpen(now) ?? false
}

/** Uses a set-up link up; of several who try at once one is answered true. */
export async function useSetUp(em: Em, token: string, now: Date): Promise<boolean> {
  return useUp(em, settingUp(token), now)
}

/** A person's links; null: the set-up links. */
export async function dropLinks(em: Em, staffMemberId: number | null): Promise<void> {
  await em.nativeDelete(OneTimeLink, { staffMember: staffMemberId })
}

const settingUp = (token: string) => ({ tokenHash: hashToken(token), purpose: 'set-up' as const })
const lettingIn = (token: string) => ({ tokenHash: hashToken(token), purpose: { $ne: 'set-up' as const } })

/** Looks and deletes at one stroke. */
async function useUp(em: Em, link: FilterQuery<OneTimeLink>, now: Date): Promise<boolean> {
  return (await em.nativeDelete(OneTimeLink, { $and: [link, { expiresAt: { $gt: now } }] })) === 1
}

async function insertLink(em: Em, purpose: Purpose, staffMember: number | null, now: Date): Promise<NewLink> {
  const token = newToken()
  const expiresAt = new Date(now.getTime() + HOURS[purpose] * 60 * 60 * 1000)
  await dropLinks(em, staffMember)
  await em.insert(OneTimeLink, { tokenHash: hashToken(token), purpose, staffMember, expiresAt })
  return { token, expiresAt }
}
