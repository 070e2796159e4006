import { z } from 'zod'
import type { RetailersDay } from '../../figures/calendar.ts'
import { PERIODS, type Period } from '../../figures/periods.ts'
import { line } from '../../lib/fields.ts'
import { crossedDays, describeList } from '../../lib/list-description.ts'
import { ListFilter } from '../../lib/list-filter.ts'
import type { Span } from '../../sales/history.ts'

const EARLIEST = '1900-01-01'

function day(label: string) {
  return line(label, 20)
    .refine(
      (value) => value === '' || (z.iso.date().safeParse(value).success && value >= EARLIEST),
      `${label} must be a date that exists, as year-month-day: 2026-02-28.`
    )
    .transform((value) => value || undefined)
}

const LIST = describeList({
  fields: {
    from: day('From'),
    to: day('To'),
    receipt: line('The receipt', 80).transform((value) => value || undefined)
  },
  search: 'receipt',
  choices: { days: z.coerce.number().pipe(z.literal(PERIODS)).optional().catch(undefined) },
  overrides: ({ from, to }) => Boolean(from || to),
  contradictions: crossedDays,
  words: {
    receipt: (value) => `Receipt ${value}`,
    from: (value, f) => `From ${f.date(value)}`,
    to: (value, f) => `To ${f.date(value)}`
  }
})

/** The filter of a customer's sales: the last days, a span of days, or one receipt. */
export const historyFilter = (query: Record<string, unknown>) => new ListFilter(LIST, query)
export type HistoryFilter = ReturnType<typeof historyFilter>

export function spanOf({ values, chosen }: HistoryFilter, { today, timeZone }: RetailersDay): Span {
  const { from = null, to = null, receipt = null } = values
  return { from: chosen.days ? firstDay(today, chosen.days) : from, to, receipt, timeZone }
}

/** The first of so many days, today included. */
function firstDay(today: string, days: Period): string {
  const date = new Date(`${today}T00:00:00Z`)
  date.setUTCDate(date.getUTCDate() - days + 1)
  return date.toISOString().slice(0, 10)
}
