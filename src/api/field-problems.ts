import type { ZodError, z } from 'zod'

/** What is wrong with one field. */
export interface FieldProblem {
  /** Where it is in the body or the query: a JSON pointer (RFC 6901). */
  pointer: string
  /** What programs can act on: `missing`, `unknown`, `type`, `too-small`, `too-large`, `format` or `invalid`. */
  code: string
  /** A sentence. */
  detail: string
}

/** So many are named; a body of thousands of mistakes is not answered with all of them. */
const MOST_NAMED = 20

/** Each field that is wrong, where and why. */
export function fieldProblems({ issues }: ZodError): FieldProblem[] {
  return issues.flatMap(problemsOf).slice(0, MOST_NAMED)
}

function problemsOf(issue: z.core.$ZodIssue): FieldProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: pointerTo([...issue.path, key]),
      code: 'unknown',
      detail: `There is no field called ${key.slice(0, 100)}.`
    }))
  }
  const pointer = pointerTo(issue.path)
  const isMissing = issue.code === 'invalid_type' && issue.input === undefined
  const detail = issue.message === '' ? 'This field is not valid.' : issue.message
  return [{ pointer, code: isMissing ? 'missing' : (CODES[issue.code] ?? 'invalid'), detail }]
}

const CODES: Partial<Record<z.core.$ZodIssue['code'], string>> = {
  invalid_type: 'type',
  too_small: 'too-small',
  too_big: 'too-large',
  invalid_format: 'format'
}

/** "" is the whole body, "/lines/0/amount" the amount of its first line. */
export function pointerTo(path: PropertyKey[]): string {
  return path.map((part) => `/${String(part).slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
