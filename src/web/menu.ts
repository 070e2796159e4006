import type { FastifyReply } from 'fastify'
import type { IconName } from '../lib/icons.ts'

export type MenuItem =
  | 'line'
  | {
      label: string
      href: string
      icon: IconName
      danger?: true
      /** The link opens in a dialog if the page has scripts. */
      dialog?: true
      /** The item is a form of one button, with these fields. */
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

/**
 * Answers with the menu of a list's row. It is fetched when it is opened, so that a list need not contain one for each
 * row. Without scripts it is a page.
 */
export function rowMenu(reply: FastifyReply, menu: MenuPage['menu'], page: Pick<MenuPage, 'active' | 'back'>) {
  return reply.page('shared/menu', { title: menu.label, ...page, menu }, 'shared/_menu')
}
