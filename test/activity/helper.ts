import { sql } from 'kysely'
import type { Em } from '../../src/db/orm.ts'
import { rows } from '../../src/db/rows.ts'
import { type Client, words } from '../helper.ts'
import { tableRows } from '../page.ts'

/** The sentences that a page of the activity shows, the newest first. */
export async function told(browser: Client, query = ''): Promise<string[]> {
  const page = await browser.get(`/activity${query}`)
  if (page.statusCode !== 200) throw new Error(`${page.statusCode} ${words(page.body)}`)
  // Where to read more, and whether it can be or was undone, stand beside the sentence.
  return tableRows(page.body).map(([, what]) =>
    tidy(what ?? '')
      .replace(/ (Partly u|U)ndone$/, '')
      .replace(/ Details( Undo \w+ing .*)?$| Undo \w+ing .*$/, '')
  )
}

/** Those since a number of entries ago, as said; what the test itself does to sign in is left out. */
export async function since(browser: Client, em: Em, work: () => Promise<unknown>): Promise<string[]> {
  const before = await entriesOf(em)
  await work()
  const made = (await entriesOf(em)) - before
  return (await told(browser, '?sign-ins=show')).slice(0, made)
}

export async function entriesOf(em: Em): Promise<number> {
  const [found] = await rows(em, sql<{ n: number }>`select count(*)::int as n from activity`)
  return found?.n ?? 0
}

/** The words of a page's timeline, entry by entry. */
export function timelineOf(html: string): string[] {
  const list = /<ol class="timeline">([\s\S]*?)<\/ol>/.exec(html)?.[1] ?? ''
  return [...list.matchAll(/<li>([\s\S]*?)<\/li>/g)].map(([, one]) => tidy(words(one ?? '').trim()))
}

/** Without the spaces that words() leaves where a name's tag ended. */
const tidy = (text: string) => text.replace(/ ([:;,)])/g, '$1').replace(/\( /g, '(')
