import type { Client, Form, Shop } from '../helper.ts'
import { tillOf } from '../till.ts'

const HIDDEN = /<input type="hidden" name="(cart|total|customerWas|productWas)" value="([^"]*)">/g

/** What the screen's form carries without being asked for. */
export function hidden(html: string): Record<string, string> {
  return Object.fromEntries([...html.matchAll(HIDDEN)].map(([, name = '', value = '']) => [name, value]))
}

/** A browser that a manager has tied to the tests' till, at which somebody else has signed in. */
export async function tiedBrowser(shop: Shop, browser: Client): Promise<void> {
  const manager = await shop.as('manager')
  const tied = await manager.post('/till/tie', { till: await tillOf(shop.em) })
  if (tied.statusCode !== 303) throw new Error(`The browser was not tied: ${tied.statusCode}`)
  browser.cookies.set('till', manager.cookies.get('till') ?? '')
}

/** Presses a button of the screen as it stands, with what was typed into it; answers the screen that follows. */
export async function press(browser: Client, button: string, typed: Form = {}) {
  const screen = await browser.get('/till')
  const sent = await browser.post('/till', { ...hidden(screen.body), ...typed, do: button })
  const next = sent.headers.location
  return typeof next === 'string' ? browser.get(next) : sent
}
