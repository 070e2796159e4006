import { type CountryCode, getCountries, getCountryCallingCode, isSupportedCountry, Metadata } from 'libphonenumber-js'

/** What the library knows of a country's numbers but does not declare; its version is pinned, and a test compares the two. */
interface Plan {
  nationalNumberPattern(): string
  nationalPrefixForParsing(): string | undefined
  leadingDigits(): string | undefined
  IDDPrefix(): string
  hasTypes(): boolean
  type(name: string): { pattern(): string; possibleLengths(): number[] | undefined } | undefined
}

const PLAIN = /^(?:\+\d+[ -]?)?(?:\(\d+\)[ -]?)?\d+(?:[ .-]\d+)*$/
const NOT_DIGITS = /[ ().-]/g
const NEVER = '(?!)'
const TYPES =
  'FIXED_LINE, MOBILE, PREMIUM_RATE, TOLL_FREE, SHARED_COST, VOIP, PERSONAL_NUMBER, PAGER, UAN, VOICEMAIL'.split(', ')

/**
 * The commonest phones of the country, told by its own patterns in a tenth of the time that the library takes for any phone:
 * a file may have a million. Null is no verdict, but left to the library: so is every phone with a prefix to be taken off,
 * what may be of another country with the same calling code, and the small countries that have but a range of one.
 */
export function createQuickPhone(country: string): (text: string) => string | null {
  if (!isSupportedCountry(country)) return () => null
  const plan = planOf(country)
  const code = getCountryCallingCode(country)
  const sharing = getCountries().filter((other) => getCountryCallingCode(other) === code)
  if (sharing.length > 1 && plan.leadingDigits()) return () => null
  const isOfCountry = createPattern(plan)
  const isPrefixed = anyOf(sharing.map((other) => planOf(other).nationalPrefixForParsing()))
  const isOther = anyOf(sharing.length > 1 ? sharing.map((other) => planOf(other).leadingDigits()) : [])
  const isAbroad = anyOf([plan.IDDPrefix(), code])

  return function toPhone(text) {
    if (!PLAIN.test(text)) return null
    const national = toNational(text.replace(NOT_DIGITS, ''))
    if (national === null || isPrefixed.test(national) || isOther.test(national)) return null
    return isOfCountry(national) ? `+${code}${national}` : null
  }

  function toNational(digits: string): string | null {
    if (digits.startsWith(`+${code}`)) return digits.slice(code.length + 1)
    return digits.startsWith('+') || isAbroad.test(digits) ? null : digits
  }
}

function planOf(country: CountryCode): Plan {
  const metadata = new Metadata()
  metadata.selectNumberingPlan(country)
  return metadata.numberingPlan as unknown as Plan
}

/** Where the library knows the types of a country's numbers, one has to be of some type. */
function createPattern(plan: Plan): (national: string) => boolean {
  const pattern = entire(plan.nationalNumberPattern())
  if (!plan.hasTypes()) return (national) => pattern.test(national)
  const types = TYPES.flatMap((name) => {
    const type = plan.type(name)
    return type?.pattern() ? [{ pattern: entire(type.pattern()), lengths: type.possibleLengths() }] : []
  })
  return (national) =>
    pattern.test(national) &&
    types.some(({ pattern, lengths }) => (!lengths || lengths.includes(national.length)) && pattern.test(national))
}

const entire = (pattern: string) => new RegExp(`^(?:${pattern})$`)

function anyOf(patterns: (string | undefined)[]): RegExp {
  return new RegExp(`^(?:${patterns.filter(Boolean).join('|') || NEVER})`)
}
