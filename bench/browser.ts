import { type CDPSession, chromium, type Page } from 'playwright-core'
import { startOf, unpackBrowsers } from '../test/browser/unpack.ts'
import type { Visitor } from './visitor.ts'

/** A till's tablet at the end of a thin line, to a machine that is not slow itself. */
const CPU_SLOWED = 6
const LINE = { offline: false, latency: 150, downloadThroughput: 50_000, uploadThroughput: 50_000 }
const PATIENCE_MS = 60_000

/** The oldest Chromium that is promised, slowed down, in which the visitor has signed in. */
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

/** From the address to a list whose rows are painted and whose search box has taken a key, with nothing kept from before; in ms. */
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

/** From the answer's last byte to its rows on the screen, in ms of the browser's own clock. */
export async function search({ page }: SlowBrowser, path: string, typed: string): Promise<number> {
  await page.goto(path)
  const shown = page.evaluate<number>(SHOWN)
  await page.locator('#q').fill(typed)
  return shown
}

const PAINTED = `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))`

/**
 * Waits for htmx to have put another list in place, and for the frame that shows it. By no timer: what it does is slowed
 * down too, and it may come to look only after that frame, and take the next one for it.
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
