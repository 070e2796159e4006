const MONTHS = Array.from({ length: 12 }, (_, month) => new Date(Date.UTC(2000, month, 15)))

/** Makes a function that finds the number of a month by its name in English or in the retailer's language. */
export function createMonths(locale: string): (word: string) => number | null {
  const months = new Map<string, number>([['sept', 9]])
  // In some languages a month's name has another form beside a day.
  for (const language of ['en', locale])
    for (const style of ['long', 'short'] as const)
      for (const day of [undefined, 'numeric'] as const) addNames(months, language, style, day)
  return (word) => months.get(simplify(word)) ?? null
}

function addNames(months: Map<string, number>, language: string, month: 'long' | 'short', day?: 'numeric'): void {
  const format = new Intl.DateTimeFormat(language, { month, ...(day && { day }), timeZone: 'UTC', calendar: 'gregory' })
  for (const [index, date] of MONTHS.entries()) {
    const name = format.formatToParts(date).find(({ type }) => type === 'month')?.value
    if (name) months.set(simplify(name), index + 1)
  }
}

const simplify = (word: string) =>
  word
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^\p{L}]/gu, '')

/**
 * Whether people write 1 February as 1/2 rather than 2/1. This depends on the order in words, because numbers alone may
 * begin with the year.
 */
export function isDayFirst(locale: string): boolean {
  const parts = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', calendar: 'gregory' }).formatToParts()
  const [first] = parts.filter(({ type }) => type === 'day' || type === 'month')
  return first?.type === 'day'
}
