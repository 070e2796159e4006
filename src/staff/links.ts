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

/**
 * Makes a link with which a person sets their first password or a new one, and voids their earlier links. The token
 * itself is not stored.
 */
export async function makeLink(em: Em, person: Pick<StaffMember, 'id' | 'passwordHash'>, now: Date): Promise<NewLink> {
  return insertLink(em, person.passwordHash ? 'reset' : 'invitation', person.id, now)
}

/**
 * Makes a link as makeLink() does and records it in the activity. An invitation's first link needs no record of its
 * own.
 */
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

/**
 * The person to whom a link belongs; null if it doesn't work. This doesn't use the link up, because programs that scan
 * mail open links too.
 */
export async function findLinkOwner(em: Em, token: string, now: Date): Promise<StaffMember | null> {
  const link = await em.findOne(OneTimeLink, lettingIn(token), { populate: ['staffMember'] })
  return link?.isOpen(now) ? (link.staffMember ?? null) : null
}

/** Uses a link up. Of several people who try at once, one gets true. */
export async function useLink(em: Em, token: string, now: Date): Promise<boolean> {
  return useUp(em, lettingIn(token), now)
}

/** Makes a set-up link and voids the earlier ones. */
export async function makeSetUp(em: Em, now: Date): Promise<string> {
  const { token } = await insertLink(em, 'set-up', null, now)
  return token
}

/** Whether a set-up link still works. */
export async function findSetUp(em: Em, token: string, now: Date): Promise<boolean> {
  const link = await em.findOne(OneTimeLink, settingUp(token))
  return link?.isOpen(now) ?? false
}

/** Uses a set-up link up. Of several people who try at once, one gets true. */
export async function useSetUp(em: Em, token: string, now: Date): Promise<boolean> {
  return useUp(em, settingUp(token), now)
}

/** Deletes a person's links, or the set-up links if `staffMemberId` is null. */
export async function dropLinks(em: Em, staffMemberId: number | null): Promise<void> {
  await em.nativeDelete(OneTimeLink, { staffMember: staffMemberId })
}

const settingUp = (token: string) => ({ tokenHash: hashToken(token), purpose: 'set-up' as const })
const lettingIn = (token: string) => ({ tokenHash: hashToken(token), purpose: { $ne: 'set-up' as const } })

/** Checks and deletes a link in one statement. */
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
