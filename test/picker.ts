import type { Client, Form } from './helper.ts'
import { fieldValue, ticked } from './page.ts'

/** A picker's page in a browser without JavaScript: boxes are ticked, and buttons of the form are pressed. */
export async function openPicker(browser: Client, address: string) {
  const path = address.split('?')[0] ?? address
  let body = (await browser.get(address)).body
  let boxes = new Set(ticked(body, 'ids').map(Number))

  const show = async (html: string) => {
    body = html
    boxes = new Set(ticked(body, 'ids').map(Number))
  }

  const press = async (button: string, typed: Form = {}, headers: Record<string, string> = {}) => {
    const kept = ['selection', 'at', 'shown', 'were', 'expected'].map((name) => [name, fieldValue(body, name) ?? ''])
    const answer = await browser.post(
      path,
      { ...Object.fromEntries(kept), ids: [...boxes], ...typed, do: button },
      headers
    )
    const { location } = answer.headers
    if (answer.statusCode === 303 && String(location).startsWith(path))
      await show((await browser.get(String(location))).body)
    else if (answer.statusCode !== 303) await show(answer.body)
    return answer
  }

  return {
    get body() {
      return body
    },
    get ticked() {
      return [...boxes].sort((one, other) => one - other)
    },
    tick: (...ids: number[]) => {
      for (const id of ids) boxes.add(id)
    },
    untick: (...ids: number[]) => {
      for (const id of ids) boxes.delete(id)
    },
    press,
    /** Presses the button with this label. */
    pressNamed: async (label: string) => press(buttonNamed(body, label))
  }
}

/** The value of "do" that the button with this label sends. */
export function buttonNamed(html: string, label: string): string {
  for (const [, value = '', text = ''] of html.matchAll(
    /<button [^>]*?name="do" value="([^"]*)"[^>]*>([\s\S]*?)<\/button>/g
  )) {
    if (
      text
        .replace(/<[^>]*>/g, '')
        .trim()
        .startsWith(label)
    )
      return value.replaceAll('&amp;', '&')
  }
  throw new Error(`There is no button “${label}”`)
}
