import { sql } from 'kysely'
import { note } from '../activity/note.ts'
import type { Em } from '../db/orm.ts'
import { prepared } from '../db/prepared.ts'
import { row, rows } from '../db/rows.ts'
import type { StaffActor } from '../lib/actor.ts'
import { RuleError } from '../lib/errors.ts'
import { hashToken, newToken } from '../staff/token.ts'
import { nameOf } from '../tills/keys.ts'
import type { Shop } from '../tills/shop.ts'
import type { Till } from '../tills/till.ts'

/** After so long without a request the screen is locked. */
export const IDLE_MINUTES = 5

/** How often the use of a browser is written down: its idle time is exact to this. */
const TOUCH_SECONDS = 15

interface Place {
  id: number
  name: string
}

/** A browser that a manager has tied to a till. */
export interface TillBrowser {
  id: number
  till: Place
  shop: Place
  /** Its till or shop is closed, so that nothing is sold. */
  isClosed: boolean
  /** When the browser last asked for the screen, or whoever asks signed in since. */
  usedAt: string
}

/** The browser that a cookie's token names; undefined if it is tied to no till. `session` is the token of who is signed in. */
export async function findTillBrowser(em: Em, token: string, session = ''): Promise<TillBrowser | undefined> {
  return row(
    em,
    prepared(sql<TillBrowser>`
    select browser.id, json_build_object('id', till.id, 'name', till.name) as till,
      json_build_object('id', shop.id, 'name', shop.name) as shop,
      till.closed_at is not null or shop.closed_at is not null as "isClosed",
      greatest(browser.seen_at, session.created_at) as "usedAt"
    from till_browser browser join till on till.id = browser.till_id join shop on shop.id = till.shop_id
    left join session on session.token_hash = ${hashToken(session)}
    where browser.hash = ${hashToken(token)} and browser.ended_at is null
  `)
  )
}

export function isIdle({ usedAt }: Pick<TillBrowser, 'usedAt'>, now: Date): boolean {
  return now.getTime() - new Date(usedAt).getTime() > IDLE_MINUTES * 60_000
}

export async function noteUse(em: Em, { id }: Pick<TillBrowser, 'id'>, now: Date): Promise<void> {
  await rows(
    em,
    prepared(sql`
    update till_browser set seen_at = ${now}
    where id = ${id} and seen_at < ${now}::timestamptz - make_interval(secs => ${TOUCH_SECONDS})
  `)
  )
}

/**
 * Ties a browser to a till, and returns the token of its cookie, for the only time.
 * @throws RuleError if the till or its shop is closed.
 */
export async function tieBrowser(em: Em, till: Till & { shop: Shop }, actor: StaffActor): Promise<string> {
  if (till.isClosed || till.shop.isClosed) throw new RuleError(`${nameOf(till)} is closed. Choose another till.`)
  const token = newToken()
  await em.transactional(async (inner) => {
    await rows(
      inner,
      sql`
      insert into till_browser (till_id, hash, tied_at, tied_by, seen_at)
      values (${till.id}, ${hashToken(token)}, ${actor.now}, ${actor.id}, ${actor.now})
    `
    )
    await note(inner, 'tills-changed', actor, { details: { by: `tied a browser to ${nameOf(till)}` } })
  })
  return token
}

/** Unties a browser at once, and forgets what was in its cart. Untied again it stays as it is. */
export async function untieBrowser(em: Em, id: number, actor: StaffActor): Promise<void> {
  await em.transactional(async (inner) => {
    const ended = await row(
      inner,
      sql<{ till: string; shop: string }>`
      with ended as (
        update till_browser set ended_at = ${actor.now} where id = ${id} and ended_at is null returning till_id
      )
      select till.name as till, shop.name as shop
      from ended join till on till.id = ended.till_id join shop on shop.id = till.shop_id
    `
    )
    if (!ended) return
    await rows(inner, sql`delete from cart where browser_id = ${id}`)
    const name = nameOf({ name: ended.till, shop: { name: ended.shop } })
    await note(inner, 'tills-changed', actor, { details: { by: `untied a browser from ${name}` } })
  })
}

export interface ListedBrowser {
  id: number
  till: string
  shop: string
  tiedAt: string
  tiedBy: string
  seenAt: string
}

/** All that are tied, by shop and till. */
export async function listBrowsers(em: Em): Promise<ListedBrowser[]> {
  return rows(
    em,
    sql<ListedBrowser>`
    select browser.id, till.name as till, shop.name as shop, tied_at as "tiedAt", person.name as "tiedBy", seen_at as "seenAt"
    from till_browser browser join till on till.id = browser.till_id join shop on shop.id = till.shop_id
    join staff_member person on person.id = browser.tied_by
    where ended_at is null order by shop.name, till.name, browser.id
  `
  )
}
