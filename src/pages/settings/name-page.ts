import type { FastifyReply } from 'fastify'
import type { Owner } from '../../db/duplicates.ts'
import type { FieldErrors } from '../../lib/field-errors.ts'
import type { NameForm } from '../../tills/form.ts'
import { type SettingsPage, titled } from './heading.ts'

/** What is named, and around which pages its form stands. */
export interface Named {
  what: 'shop' | 'till'
  /** Where the form is sent. */
  action: string
  /** The page behind the form. */
  back: { href: string; label: string }
}

interface NamePage extends SettingsPage, Named {
  hint: string
  form: NameForm
  /** Of a new one the form's key, of one that is renamed the version that the form was filled in for. */
  mark: { name: 'key'; value: string } | { name: 'version'; value: number }
  errors: FieldErrors
  /** Whose the name is already. */
  taken: Owner | null
  /** Somebody else's name for it, saved since the form was opened. */
  theirs: NameForm | null
}

declare module '../../web/view.ts' {
  interface Views {
    'settings/name': NamePage
  }
}

export type Shown = Pick<NamePage, 'form' | 'mark'> & Partial<Pick<NamePage, 'errors' | 'taken' | 'theirs'>>

const HINTS = {
  shop: 'Where you sell, such as “High Street”.',
  till: 'Its number or name, such as “1” or “Back counter”.'
}

export function namePage(reply: FastifyReply, named: Named, shown: Shown) {
  const title = `${shown.mark.name === 'key' ? 'Add a' : 'Rename the'} ${named.what}`
  const page = { hint: HINTS[named.what], errors: {}, taken: null, theirs: null, ...named, ...shown }
  return reply.page('settings/name', { ...titled(title), ...page })
}
