import type { IconName } from '../../lib/icons.ts'
import type { Role } from '../../staff/staff-member.ts'

/** A piece of a sentence. Names stand apart from the words around them, and link to what still exists. */
export interface Part {
  text: string
  isName: boolean
  href: string | null
  /** Drawn in the text's place: not every font has an arrow. */
  icon: IconName | null
  /** Who may follow the link. */
  role: Role
  /** A link alone, which says nothing to others. */
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
