import { getCountries, getCountryCallingCode } from 'libphonenumber-js'
import pg from 'pg'

/** Who fits a search, and in which order, by the leanest SQL. */
export const like = (part: string) => `customer.id <> 1 and haystack like ${pg.escapeLiteral(`%${part}%`)}`

/** How well somebody fits what was searched for: the best first. */
export const fitting = (word: string) => {
  const q = pg.escapeLiteral(word)
  if (!/^\d+$/.test(word))
    return `case when string_to_array(split_part(haystack, E'\\n', 1), ' ') @> array[${q}] then 0
      when haystack like '% ' || ${q} || '%' then 1 else 2 end`
  const national = getCountries().map((country) => getCountryCallingCode(country))
  // A 0 is never before a whole number.
  const codes = [...new Set([...(word.startsWith('0') ? [] : ['""']), ...national])].join(',')
  return `case when phone like '%' || ${q} then 0
    when exists (select from unnest('{${codes}}'::text[]) code
      where starts_with(phone, '+' || code || ltrim(${q}, '0'))) then 1
    when strpos(phone, ${q}) > 0 then 2 else 3 end`
}
