import type { IconName } from '../../lib/icons.ts'
import type { Role } from '../../staff/staff-member.ts'

/** A part of a sentence. Names are set off from the words around them, and link to what still exists. */
export interface Part {
  text: string
  isName: boolean
  href: string | null
  /** An icon that is drawn in place of the text, because not every font has an arrow. */
  icon: IconName | null
  /** The role that may follow the link. */
  role: Role
  /** The part is only a link, which is left out for those who may not follow it. */
  isLink?: true
}

export function name(text: string, href: string | null = null, role: Role = 'staff'): Part {
  return { text, isName: true, href, role, icon: null }
}

export function plain(text: string): Part {
  return { text, isName: false, href: null, role: 'staff', icon: null }
}

export function say(words: TemplateStringsArray, ...parts: (string | Part | Part[])[]): Part[] {
  return words.flatMap((word, index) => {
    const part = parts[index] ?? []
    return [plain(word), ...(typeof part === 'string' ? [plain(part)] : [part].flat())]
  })
}
