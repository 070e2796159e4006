import { parseArgs } from 'node:util'
import { z } from 'zod'
import { StartError } from '../src/config.ts'

/** The sizes of the national chain as it grew, in customers. */
export const SIZES = [10_000, 100_000, 1_000_000]
/** The size at which the bars must hold. */
export const FULL_SIZE = 1_000_000

const USAGE = 'npm run bench -- [--case NAME]... [--customers N]... [--rounds N] [--out FILE]'
const number = new Intl.NumberFormat('en-US')

function wholeNumber(least: number, most: number) {
  const message = `must be a whole number from ${number.format(least)} to ${number.format(most)}`
  return z
    .string()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .refine((value) => value >= least && value <= most, message)
}

const options = z
  .object({
    case: z.array(z.string()).default([]),
    customers: z.array(wholeNumber(300, 10_000_000)).optional(),
    rounds: wholeNumber(1, 100).default(5),
    out: z.string().min(1, 'must name a file').optional()
  })
  .transform(({ case: cases, customers, rounds, out }) => ({
    cases,
    customers: customers ?? SIZES,
    rounds,
    // A run of some cases only must not replace the report of all.
    out: out ?? (cases.length === 0 && !customers ? 'docs/bench.md' : null)
  }))

/** Which cases (all if none is named) at which sizes and in how many rounds, and the file for the tables, if any. */
export type Options = z.infer<typeof options>

export function readOptions(args: string[]): Options {
  const parsed = options.safeParse(split(args))
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new StartError(`--${String(issue?.path[0])} ${issue?.message}: ${USAGE}`)
}

function split(args: string[]) {
  const text = { type: 'string' } as const
  const texts = { type: 'string', multiple: true } as const
  try {
    return parseArgs({ args, options: { case: texts, customers: texts, rounds: text, out: text } }).values
  } catch (error) {
    const [reason = ''] = error instanceof Error ? error.message.split(/\.(?:\s|$)|\n/) : []
    throw new StartError(`${reason}: ${USAGE}`)
  }
}
