import { type CDPSession, chromium, type Page } from 'playwright-core'
import { startOf, unpackBrowsers } from '../test/browser/unpack.ts'
import type { Visitor } from './visitor.ts'

/** A till's tablet with a slow processor and a thin line. The server's machine is not slowed down. */
const CPU_SLOWED = 6
const LINE = { offline: false, latency: 150, downloadThroughput: 50_000, uploadThroughput: 50_000 }
const PATIENCE_MS = 60_000

/** Opens the oldest supported Chromium, slowed down, with the visitor's session. */
export async function withSlowBrowser<Result>(visitor: Visitor, work: (slow: SlowBrowser) => Promise<Result>) {
  await unpackBrowsers()
  const browser = await chromium.launch({ ...startOf('floor'), args: ['--no-sandbox'] })
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, baseURL: visitor.address })
    context.setDefaultTimeout(PATIENCE_MS)
    const [name = '', ...value] = visitor.cookie.split('=')
    await context.addCookies([{ name, value: value.join('='), url: visitor.address }])
    const page = await context.newPage()
    const session = await context.newCDPSession(page)
    await session.send('Network.enable')
    await session.send('Network.emulateNetworkConditions', LINE)
    await session.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWED })
    return await work({ page, session })
  } finally {
    await browser.close()
  }
}

export interface SlowBrowser {
  page: Page
  session: CDPSession
}

/**
 * The time, in ms, from entering the address until the list's rows are painted and its search box accepts a key. The
 * cache is empty.
 */
export async function openCold({ page, session }: SlowBrowser, path: string): Promise<number> {
  await page.goto('about:blank')
  await session.send('Network.clearBrowserCache')
  const began = performance.now()
  await page.goto(path, { waitUntil: 'commit' })
  await page.locator('main tbody tr').last().waitFor()
  const box = page.locator('#q')
  await box.press('m')
  if ((await box.inputValue()) !== 'm') throw new Error('The search box took no key')
  await page.evaluate(PAINTED)
  return performance.now() - began
}

/** The time, in ms of the browser's own clock, from the last byte of the answer until its rows are on the screen. */
export async function search({ page }: SlowBrowser, path: string, typed: string): Promise<number> {
  await page.goto(path)
  const shown = page.evaluate<number>(SHOWN)
  await page.locator('#q').fill(typed)
  return shown
}

const PAINTED = `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))`

/**
 * Waits until htmx has replaced the list and the frame that shows the new one is painted. A timer would be slowed down
 * too: it might look only after that frame, and measure the next one.
 */
const SHOWN = `new Promise((done) => {
  const list = document.querySelector('#list')
  new MutationObserver((_, observer) => {
    if (list.isConnected) return
    observer.disconnect()
    requestAnimationFrame(() => requestAnimationFrame(() => {
      const answers = performance.getEntriesByType('resource').filter((one) => one.initiatorType === 'fetch')
      done(performance.now() - answers.at(-1).responseEnd)
    }))
  }).observe(list.parentNode, { childList: true })
})`
