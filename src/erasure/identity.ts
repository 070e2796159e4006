import { type RawBuilder, sql } from 'kysely'
import { parsePhoneNumberFromString } from 'libphonenumber-js'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'

/** What is known of a person, now or before an edit, and by which a file, its name or a search may refer to them. */
export interface Identity {
  id: number
  /** Phone numbers in E.164. Numbers that have since become another customer's are left out. */
  phones: string[]
  emails: string[]
  places: string[]
  /** All of these values except places, as one text. */
  words: string
  marks: Mark[]
}

/**
 * A way to find a name, phone number or e-mail in a text, however it is written there. The texts are folded in the same
 * way.
 */
interface Mark {
  /** LIKE patterns that every such text matches. They are quick to look for, and few other texts match them. */
  hints: string[]
  /**
   * A regular expression of PostgreSQL's that such a text matches. Joining all of them into one made the search take
   * five times as long.
   */
  pattern: string
}

type Values = Record<'firstNames' | 'lastNames' | 'phones' | 'emails' | 'places' | 'companies', string[]>
const NOTHING: Values = { firstNames: [], lastNames: [], phones: [], emails: [], places: [], companies: [] }

export async function findIdentity(em: Em, id: number): Promise<Identity> {
  const found = await row(
    em,
    sql<Values>`
    with versions as (
      select first_name, last_name, phone, email, location, company from customer where id = ${id}
      union all
      select first_name, last_name, phone, email, location, company from updated_customer where customer_id = ${id}
      union all
      select case when field = 'firstName' then value end, case when field = 'lastName' then value end,
        case when field = 'phone' then value end, case when field = 'email' then value end,
        case when field = 'location' then value end, case when field = 'company' then value end
      from activity_value cross join lateral unnest(array[before, after]) value where customer_id = ${id}
    )
    select array_remove(array_agg(distinct first_name), null) as "firstNames",
      array_remove(array_agg(distinct last_name), null) as "lastNames",
      array_remove(array_agg(distinct location), null) as places,
      array_remove(array_agg(distinct company), null) as companies,
      array(select distinct phone from versions where phone is not null
        and not exists (select from customer other where other.phone = versions.phone and other.id <> ${id})) as phones,
      array(select distinct email from versions where email is not null
        and not exists (select from customer other where other.email = versions.email and other.id <> ${id})) as emails
    from versions
  `
  )
  const { firstNames, lastNames, phones, emails, places, companies } = found ?? NOTHING
  const [firsts, lasts, mails] = [await fold(em, firstNames), await fold(em, lastNames), await fold(em, emails)]
  const names = firsts.flatMap((first) => lasts.flatMap((last) => marksOfName(first, last)))
  const marks = [...names, ...phones.map(markOfPhone), ...mails.map(markOfEmail)]
  return {
    id,
    phones,
    emails,
    places,
    words: [...firstNames, ...lastNames, ...phones, ...emails, ...companies].join(' '),
    marks
  }
}

/** Texts as search_text() folds them, without accents, because either a name or a text about it may lack them. */
async function fold(em: Em, texts: string[]): Promise<string[]> {
  const folded = await rows(
    em,
    sql<{ text: string }>`select distinct search_text(text) as text from unnest(${texts}::text[]) text`
  )
  return folded.map(({ text }) => text)
}

/**
 * An SQL condition: whether a text mentions the person. Most texts have ASCII letters only; these are folded in a tenth
 * of the time.
 */
export function mentions({ marks }: Identity, text: RawBuilder<unknown>): RawBuilder<boolean> {
  const found = marks.map(({ hints, pattern }) =>
    sql.join([...hints.map((hint) => sql`told like ${hint}`), sql`told ~ ${pattern}`], sql` and `)
  )
  return sql`exists (
    select from (
      select (case when octet_length(said) = length(said) then lower(said collate "C") else search_text(said) end)
        collate people as told
      from (select ${text} as said offset 0) given offset 0
    ) folded where ${sql.join(found, sql` or `)}
  )`
}

/**
 * With more words than this, only the two usual orders of a name are looked for. All orders would make a pattern as
 * long as a book.
 */
const MOST_TURNED = 8

/**
 * Finds a first and a last name beside each other, in either order, with anything but letters and digits between words.
 * The whole name may have been split elsewhere, so it may begin with any of its words. A first or last name alone could
 * be anybody's.
 */
function marksOfName(first: string, last: string): Mark[] {
  const [firsts, lasts] = [wordsOf(first), wordsOf(last)]
  if (firsts.length === 0 || lasts.length === 0) return []
  const words = [...firsts, ...lasts]
  const begins = words.length > MOST_TURNED ? [0, firsts.length] : words.keys()
  const orders = [...begins].map((at) => [...words.slice(at), ...words.slice(0, at)])
  const pattern = orders.map((order) => order.map(wholeWord).join('[^[:alnum:]]*')).join('|')
  return [{ hints: words.map((word) => `%${word}%`), pattern }]
}

const wordsOf = (name: string) => name.match(/[\p{L}\p{N}\p{M}]+/gu) ?? []
/**
 * PostgreSQL's own word boundaries won't do: they take the vowel sign at the end of a Hindi name for the end of a word
 * before it.
 */
const wholeWord = (word: string) => `(?<![[:alnum:]])${word}(?![[:alnum:]])`

/** Fewer digits may be part of a longer number by chance. */
const SHORTEST = 7

/** Finds a phone number with or without its country code, and with any separators between digits within a cell. */
function markOfPhone(phone: string): Mark {
  const home = String(parsePhoneNumberFromString(phone)?.nationalNumber ?? '')
  const digits = [...(home.length < SHORTEST ? phone.slice(1) : home)]
  return { hints: [`%${digits.join('%')}%`], pattern: `${digits.join('[^0-9",]{0,3}')}(?![0-9])` }
}

function markOfEmail(email: string): Mark {
  const literally = email.replace(/[^\p{L}\p{N}]/gu, '\\$&')
  return {
    hints: [`%${email.replace(/[\\%_]/g, '\\$&')}%`],
    pattern: `(?<![[:alnum:]._%+-])${literally}(?![[:alnum:]-]|\\.[[:alnum:]])`
  }
}
