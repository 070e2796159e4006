import { sql } from 'kysely'
import { note } from '../activity/note.ts'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'
import type { Actor, Nobody } from '../lib/actor.ts'
import { hashToken, newToken } from './sessions.ts'
import type { StaffMember } from './staff-member.ts'

const HOURS = { 'set-up': 24, invitation: 7 * 24, reset: 24 }

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
export async function findLinkOwner(em: Em, token: string, now: Date): Promise<number | null> {
  const found = await row(
    em,
    sql<{ id: number }>`
    select staff_member_id as id from one_time_link
    where token_hash = ${hashToken(token)} and expires_at > ${now} and purpose <> 'set-up'
  `
  )
  return found?.id ?? null
}

/** Uses a link up; of several who try at once one is answered true. */
export async function useLink(em: Em, token: string, now: Date): Promise<boolean> {
  const used = await rows(
    em,
    sql`
    delete from one_time_link
    where token_hash = ${hashToken(token)} and expires_at > ${now} and purpose <> 'set-up'
    returning 1
  `
  )
  return used.length === 1
}

/** Makes the only set-up link that works from now on. */
export async function makeSetUp(em: Em, now: Date): Promise<string> {
  const { token } = await insertLink(em, 'set-up', null, now)
  return token
}

/** Whether a set-up link still works. */
export async function findSetUp(em: Em, token: string, now: Date): Promise<boolean> {
  const found = await rows(
    em,
    sql`
    select 1 from one_time_link
    where token_hash = ${hashToken(token)} and expires_at > ${now} and purpose = 'set-up'
  `
  )
  return found.length === 1
}

/** Uses a set-up link up; of several who try at once one is answered true. */
export async function useSetUp(em: Em, token: string, now: Date): Promise<boolean> {
  const used = await rows(
    em,
    sql`
    delete from one_time_link
    where token_hash = ${hashToken(token)} and expires_at > ${now} and purpose = 'set-up'
    returning 1
  `
  )
  return used.length === 1
}

/** A person's links; null: the set-up links. */
export async function dropLinks(em: Em, staffMemberId: number | null): Promise<void> {
  await rows(em, sql`delete from one_time_link where staff_member_id is not distinct from ${staffMemberId}::integer`)
}

async function insertLink(em: Em, purpose: keyof typeof HOURS, owner: number | null, now: Date): Promise<NewLink> {
  const token = newToken()
  const expiresAt = new Date(now.getTime() + HOURS[purpose] * 60 * 60 * 1000)
  await dropLinks(em, owner)
  await rows(
    em,
    sql`
    insert into one_time_link (token_hash, purpose, staff_member_id, expires_at)
    values (${hashToken(token)}, ${purpose}, ${owner}, ${expiresAt})
  `
  )
  return { token, expiresAt }
}
