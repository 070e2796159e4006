import { type RawBuilder, sql } from 'kysely'
import { parsePhoneNumberFromString } from 'libphonenumber-js'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'

/** Who somebody is, or was before an edit: by what a file, a file's name or a search may speak of them. */
export interface Known {
  id: number
  /** In E.164; those that are somebody else's by now are not theirs any more. */
  phones: string[]
  emails: string[]
  places: string[]
  /** All of it but the places, as one text. */
  words: string
  marks: Mark[]
}

/** A name, phone or e-mail in whatever way it may be written, folded as the texts are in which it is looked for. */
interface Mark {
  /** For LIKE: what is in every text that it stands in. Quick to look for, and in few texts beside. */
  hints: string[]
  /** A regular expression as PostgreSQL has them. All in one they took it five times as long. */
  pattern: string
}

type Values = Record<'firstNames' | 'lastNames' | 'phones' | 'emails' | 'places', string[]>
const NOTHING: Values = { firstNames: [], lastNames: [], phones: [], emails: [], places: [] }

export async function findKnown(em: Em, id: number): Promise<Known> {
  const found = await row(
    em,
    sql<Values>`
    with versions as (
      select first_name, last_name, phone, email, location from customer where id = ${id}
      union all
      select first_name, last_name, phone, email, location from updated_customer where customer_id = ${id}
      union all
      select case when field = 'firstName' then value end, case when field = 'lastName' then value end,
        case when field = 'phone' then value end, case when field = 'email' then value end,
        case when field = 'location' then value end
      from activity_value cross join lateral unnest(array[before, after]) value where customer_id = ${id}
    )
    select array_remove(array_agg(distinct first_name), null) as "firstNames",
      array_remove(array_agg(distinct last_name), null) as "lastNames",
      array_remove(array_agg(distinct location), null) as places,
      array(select distinct phone from versions where phone is not null
        and not exists (select from customer other where other.phone = versions.phone and other.id <> ${id})) as phones,
      array(select distinct email from versions where email is not null
        and not exists (select from customer other where other.email = versions.email and other.id <> ${id})) as emails
    from versions
  `
  )
  const { firstNames, lastNames, phones, emails, places } = found ?? NOTHING
  const [firsts, lasts, mails] = [await fold(em, firstNames), await fold(em, lastNames), await fold(em, emails)]
  const names = firsts.flatMap((first) => lasts.flatMap((last) => ofName(first, last)))
  const marks = [...names, ...phones.map(ofPhone), ...mails.map(ofEmail)]
  return { id, phones, emails, places, words: [...firstNames, ...lastNames, ...phones, ...emails].join(' '), marks }
}

/** Accents may be left out of a name where it is kept, or of a text that speaks of it. */
async function fold(em: Em, texts: string[]): Promise<string[]> {
  const folded = await rows(
    em,
    sql<{ text: string }>`select distinct search_text(text) as text from unnest(${texts}::text[]) text`
  )
  return folded.map(({ text }) => text)
}

/** Whether a text is about them. Most texts have no letter but those of ASCII, which are folded in a tenth of the time. */
export function speaksOf({ marks }: Known, text: RawBuilder<unknown>): RawBuilder<boolean> {
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

/** Of longer names only the two usual orders are looked for: the pattern would be as long as a book. */
const MOST_TURNED = 8

/**
 * First and last name beside each other in either order, with whatever stands between words or cells; as a whole name may
 * have been split elsewhere, from each of its words on. One name alone is nobody's.
 */
function ofName(first: string, last: string): Mark[] {
  const [firsts, lasts] = [wordsOf(first), wordsOf(last)]
  if (firsts.length === 0 || lasts.length === 0) return []
  const words = [...firsts, ...lasts]
  const begins = words.length > MOST_TURNED ? [0, firsts.length] : words.keys()
  const orders = [...begins].map((at) => [...words.slice(at), ...words.slice(0, at)])
  const pattern = orders.map((order) => order.map(whole).join('[^[:alnum:]]*')).join('|')
  return [{ hints: words.map((word) => `%${word}%`), pattern }]
}

const wordsOf = (name: string) => name.match(/[\p{L}\p{N}\p{M}]+/gu) ?? []
/** Not by PostgreSQL's own ends of words: it takes the vowel at the end of a Hindi name for a sign between words. */
const whole = (word: string) => `(?<![[:alnum:]])${word}(?![[:alnum:]])`

/** A shorter number may stand in a longer one by chance. */
const SHORTEST = 7

/** With or without what is not dialled at home, and however its digits are set apart within a cell. */
function ofPhone(phone: string): Mark {
  const home = String(parsePhoneNumberFromString(phone)?.nationalNumber ?? '')
  const digits = [...(home.length < SHORTEST ? phone.slice(1) : home)]
  return { hints: [`%${digits.join('%')}%`], pattern: `${digits.join('[^0-9",]{0,3}')}(?![0-9])` }
}

function ofEmail(email: string): Mark {
  const literally = email.replace(/[^\p{L}\p{N}]/gu, '\\$&')
  return {
    hints: [`%${email.replace(/[\\%_]/g, '\\$&')}%`],
    pattern: `(?<![[:alnum:]._%+-])${literally}(?![[:alnum:]-]|\\.[[:alnum:]])`
  }
}
