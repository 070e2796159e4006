import { parseArgs } from 'node:util'
import { z } from 'zod'
import { StartError } from '../config.ts'

/**
 * This is a fixed day, not the day of the run, so that the same seed makes the same data on any day unless --today is
 * given.
 */
const USUAL_TODAY = '2026-11-25'

const USAGE = 'npm run seed -- --customers N --groups N --sales N --seed S [--today YYYY-MM-DD] [--into NAME]'

const number = new Intl.NumberFormat('en-US')

function wholeNumber(least: number, most: number) {
  const message = `must be a whole number from ${number.format(least)} to ${number.format(most)}`
  return z
    .string(message)
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .refine((value) => value >= least && value <= most, message)
}

const options = z.object({
  customers: wholeNumber(10, 10_000_000),
  groups: wholeNumber(2, 50_000),
  sales: wholeNumber(0, 100_000_000),
  seed: wholeNumber(0, Number.MAX_SAFE_INTEGER),
  today: z.iso.date('must be a day such as 2026-11-25').default(USUAL_TODAY),
  into: z.string().optional()
})

/**
 * The size of the retailer, the seed, the day that counts as today, and the name of the retailer that may be
 * overwritten.
 */
export type Options = z.infer<typeof options>

/**
 * Reads the command's arguments.
 * @throws StartError if one is missing or wrong.
 */
export function readOptions(args: string[]): Options {
  const parsed = options.safeParse(split(args))
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new StartError(`--${issue?.path.join('.')} ${issue?.message}: ${USAGE}`)
}

function split(args: string[]) {
  const text = { type: 'string' } as const
  try {
    const known = { customers: text, groups: text, sales: text, seed: text, today: text, into: text }
    return parseArgs({ args, options: known }).values
  } catch (error) {
    const [reason = ''] = error instanceof Error ? error.message.split(/\.(?:\s|$)|\n/) : []
    throw new StartError(`${reason}: ${USAGE}`)
  }
}
