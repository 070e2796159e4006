import type { FastifyReply } from 'fastify'
import type { IconName } from '../lib/icons.ts'

export type MenuItem =
  | 'line'
  | {
      label: string
      href: string
      icon: IconName
      danger?: true
      /** Opens in a window where there are scripts. */
      dialog?: true
      /** A form of one button, with these fields. */
      post?: true
      fields?: Record<string, string | number>
    }

interface MenuPage {
  title: string
  active: 'groups' | 'customers'
  back: { href: string; label: string }
  menu: { label: string; icon: IconName; items: MenuItem[] }
}

declare module './view.ts' {
  interface Views {
    'shared/menu': MenuPage
  }
}

/** The menu of a list's row: it comes when it is opened, so that no list carries one for each row; without scripts it is a page. */
export function rowMenu(reply: FastifyReply, menu: MenuPage['menu'], page: Pick<MenuPage, 'active' | 'back'>) {
  return reply.page('shared/menu', { title: menu.label, ...page, menu }, 'shared/_menu')
}
