import type pg from 'pg'

interface Slip {
  typed: string
  name: string
}

const NAMES = `
  select last_name as name from (select distinct last_name from customer where last_name ~ '^[[:alpha:]]{4,}$') names
  order by md5(last_name) limit $1
`
const ASKED = 150

/** Last names of all kinds, each with one slip in the middle. They are the same in every run. */
export async function slipsOf(client: pg.Client): Promise<Slip[]> {
  const { rows } = await client.query<{ name: string }>(NAMES, [ASKED])
  return rows.map(({ name }, at) => ({ typed: slipOf(name, at), name }))
}

/** A name in which one letter is wrong, doubled or missing. */
export function slipOf(name: string, kind: number): string {
  const middle = Math.floor(name.length / 2)
  const letter = name[middle] ?? ''
  const inPlace = [letter === 'e' ? 'a' : 'e', letter + letter, ''][kind % 3]
  return name.slice(0, middle) + inPlace + name.slice(middle + 1)
}

export function isOffered(html: string, name: string): boolean {
  const [, said = ''] = /Did you mean (.*?)\?<\/p>/s.exec(html) ?? []
  return [...said.matchAll(/>([^<]+)<\/a>/g)].some(([, one = '']) => plain(one) === plain(name))
}

const plain = (text: string) =>
  text.normalize('NFKD').replace(/\p{M}/gu, '').replaceAll('ł', 'l').replaceAll('ß', 'ss').toLowerCase()
