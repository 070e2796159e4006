import { type Client, words } from './helper.ts'

/** The cells of a page's table, row by row, as a person reads them, without the e-mail below a customer's name. */
export function tableRows(html: string): string[][] {
  const body = (/<tbody>([\s\S]*?)<\/tbody>/.exec(html)?.[1] ?? '').replace(
    /<span class="mail[\s\S]*?<\/span>|<\/?mark>/g,
    ''
  )
  return [...body.matchAll(/<tr[\s>][\s\S]*?<\/tr>/g)].map(([row]) =>
    [...row.matchAll(/<td[^>]*>([\s\S]*?)<\/td>/g)].map(([, cell]) => words(cell ?? '').trim())
  )
}

/** One column of a page's table. */
export function column(html: string, index = 0): string[] {
  return tableRows(html).map((row) => row[index] ?? '')
}

/** The address of the link with this label. */
export function linkNamed(html: string, label: string): string | undefined {
  const links = [...html.matchAll(/<a [^>]*?href="([^"]*)"[^>]*>([\s\S]*?)<\/a>/g)]
  const found = links.find(([, , text]) => words(text ?? '').trim() === label)
  return found?.[1]?.replaceAll('&amp;', '&')
}

/** The value of a form's field: an input's value, or a textarea's text. */
export function fieldValue(html: string, name: string): string | undefined {
  const input = new RegExp(`<input[^>]* name="${name}"[^>]*? value="([^"]*)"`).exec(html)
  const area = new RegExp(`<textarea[^>]* name="${name}"[^>]*>\\n?([^<]*)<`).exec(html)
  const raw = (input ?? area)?.[1]
  return raw === undefined ? undefined : unescaped(raw)
}

/** The value that the button below a question sends. */
export function answerTo(html: string, name = 'sure'): string | undefined {
  return new RegExp(`<button[^>]* name="${name}" value="([^"]*)"`).exec(html)?.[1]
}

/** The number of primary buttons on a page. */
export function primaries(html: string): number {
  return /<main.*<\/main>/s.exec(html)?.[0].match(/class="button primary"/g)?.length ?? 0
}

/** The values of the ticked boxes with this name. */
export function ticked(html: string, name: string): string[] {
  return [...html.matchAll(new RegExp(`name="${name}" value="([^"]*)" checked`, 'g'))].map(([, value]) => value ?? '')
}

/** The value of the option that a drop-down shows. */
export function selected(html: string, name: string): string | undefined {
  const options = new RegExp(`<select[^>]* name="${name}"[^>]*>([\\s\\S]*?)</select>`).exec(html)?.[1] ?? ''
  return /value="([^"]*)" selected/.exec(options)?.[1]
}

/** The message about what was done, which the next page will show. */
export function flashOf(browser: Client): string {
  const cookie = browser.cookies.get('flash')
  return cookie ? JSON.parse(Buffer.from(cookie, 'base64url').toString()).text : ''
}

function unescaped(text: string): string {
  return text
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}

/** Follows a list's Next links to its end, then its Previous links back. Each page is given as the names on it. */
export async function followPages(browser: Client, url: string, index = 0) {
  const forward: string[][] = []
  const back: string[][] = []
  let body = ''
  for (let next: string | undefined = url; next; next = linkNamed(body, 'Next')) {
    body = (await browser.get(next)).body
    forward.push(column(body, index))
  }
  for (let previous = linkNamed(body, 'Previous'); previous; previous = linkNamed(body, 'Previous')) {
    body = (await browser.get(previous)).body
    back.unshift(column(body, index))
  }
  return { forward, back, names: forward.flat() }
}
