import { STORES } from './sales.ts'

export const SHOP_COLUMNS = 'shop (id, name)'
export const TILL_COLUMNS = 'till (id, shop_id, name)'

export function* shopRows(): Generator<string> {
  for (let store = 1; store <= STORES; store++) yield `${store}\tStore ${store}\n`
}

/** Each shop's till has its number. */
export function* tillRows(): Generator<string> {
  for (let store = 1; store <= STORES; store++) yield `${store}\t${store}\t1\n`
}
