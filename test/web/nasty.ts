import type { Client, Shop } from '../helper.ts'
import { words } from '../helper.ts'

/** What no form of ours sends, as it would stand in a URL or a form's body: already percent-encoded. */
export const NASTY: Record<string, string> = {
  nothing: '',
  spaces: '%20%20',
  'too long': 'x'.repeat(3000),
  NUL: 'a%00b',
  'control characters': 'a%01%08%1b%7f',
  'line breaks': 'a%0d%0ab',
  'half a surrogate pair': 'a%ED%A0%80b',
  'broken encoding': '%E0%A4%A',
  emoji: '%F0%9F%A7%91%E2%80%8D%F0%9F%92%BB',
  'right to left': '%D7%A9%D7%9C%D7%95%D7%9D',
  'turned around': 'a%E2%80%AEb',
  'a script': '%22%27%3E%3Cscript%3Ealert(1)%3C/script%3E',
  SQL: "'%3B%20drop%20table%20customer%3B%20--",
  'a LIKE pattern': '%25_%5C',
  zero: '0',
  negative: '-1',
  infinite: '1e9999',
  'one too large': '2147483648',
  'no such day': '2023-02-29',
  'no such year': '0000-00-00',
  'a proto': '__proto__'
}

interface Answer {
  statusCode: number
  body: string
  headers: Record<string, unknown>
}

const FINE = [200, 204, 303, 400, 403, 404, 409, 413, 415, 422]

/** What is wrong with an answer to bad input, or null: it must be a page or a redirect, and a refusal must say why. */
export function wrongWith({ statusCode, body, headers }: Answer): string | null {
  if (!FINE.includes(statusCode)) return `answered ${statusCode}`
  if (body.includes('<script>alert')) return 'prints a script as it is'
  if (statusCode < 400) return null
  if (!String(headers['content-type']).startsWith('text/html')) return `answered ${headers['content-type']}`
  const main = /<main[\s\S]*<\/main>/.exec(body)?.[0] ?? body
  return /[A-ZÀ-Þ][^.]+ [^.]+\./.test(words(main)) ? null : `answered ${statusCode} without a sentence`
}

/** Every way to send each nasty value under a name: alone, twice, as an array or an object. */
export function ways(name: string): [string, string][] {
  const single = Object.entries(NASTY).map(([what, value]): [string, string] => [what, `${name}=${value}`])
  return [
    ...single,
    ['sent twice', `${name}=1&${name}=2`],
    ['an array', `${name}[]=1`],
    ['an object', `${name}[a]=1`],
    ['only its name', name]
  ]
}

/** The problems met with, each as "what: problem"; none, if all is well. All at once, or one after the other. */
export async function problems(
  cases: [string, string][],
  ask: (value: string) => Promise<Answer>,
  { atOnce = cases.length } = {}
): Promise<string[]> {
  const met: string[] = []
  for (let done = 0; done < cases.length; done += atOnce) {
    const answers = cases.slice(done, done + atOnce).map(async ([what, value]) => {
      const problem = wrongWith(await ask(value))
      return problem ? [`${what}: ${problem}`] : []
    })
    met.push(...(await Promise.all(answers)).flat())
  }
  return met
}

/** Posts a body just as it is. */
export function raw({ app }: Shop, browser: Client) {
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  return (url: string, payload: string, contentType = 'application/x-www-form-urlencoded') =>
    app.inject({
      method: 'POST',
      url,
      payload,
      headers: { host: 'localhost', origin: 'http://localhost', cookie, 'content-type': contentType }
    })
}
