import { type Client, type Shop, words } from '../../helper.ts'
import { column } from '../../page.ts'
import { addCustomer, addGroup, addList, addSale } from '../../shop.ts'

/** Four customers to be searched for, in the order of their names: Percy, Joan, José, Max. */
export async function addPeople({ em }: Shop) {
  const vip = await addGroup(em, 'VIP')
  const news = await addList(em, 'Nachrichten')
  const jose = await addCustomer(em, {
    firstName: 'José',
    lastName: 'Ñandú',
    phone: '+12065550123',
    email: 'jn@mail.example',
    birthDate: '1984-02-29',
    location: 'Zürich',
    group: vip,
    lists: [news]
  })
  const joan = await addCustomer(em, { firstName: 'Joan', lastName: 'O’Neil-Ross', phone: '+442079460958', group: vip })
  await addCustomer(em, { firstName: '100%', lastName: 'Percy_A\\B', location: 'Boston' })
  const max = await addCustomer(em, { firstName: 'Max', email: 'joanna.max+shop@example.com', location: 'zurich' })
  await addSale(em, jose, '2026-02-28T17:00Z', [['Lamp', 1, 99.5]])
  await addSale(em, joan, '2026-01-28T17:00Z', [['Lamp', 2, 199]])
  await addSale(em, max, '2026-02-01T17:00Z', [['Lamp', -1, -10.25]])
  return { jose }
}

export const JOSE = 'José Ñandú'
export const JOAN = 'Joan O’Neil-Ross'
export const PERCY = '100% Percy_A\\B'
export const MAX = 'Max'

export const listUrl = (params: Record<string, string>) => `/customers?${new URLSearchParams(params)}`

/** The names that a list of customers shows. */
export async function found(browser: Client, params: Record<string, string>): Promise<string[]> {
  const page = await browser.get(listUrl(params))
  if (page.statusCode !== 200) throw new Error(`${page.statusCode} ${words(page.body)}`)
  return column(page.body)
}
