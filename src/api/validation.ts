import type { z } from 'zod'
import type { App } from '../web/validation.ts'

/** Checks what programs send, and says of each field in a sentence what is wrong with it. */
export function validateStrictly(app: App): void {
  app.setValidatorCompiler<z.ZodType>(({ schema }) => (data) => {
    const parsed = schema.safeParse(data, OPTIONS)
    return parsed.success ? { value: parsed.data } : { error: parsed.error }
  })
}

/** @throws ZodError as a route of such a body would. */
export function parseStrictly<Schema extends z.ZodType>(schema: Schema, data: unknown): z.output<Schema> {
  return schema.parse(data, OPTIONS)
}

const KINDS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'null'
}

const OPTIONS: z.core.ParseContext<z.core.$ZodIssue> = { error: sentenceOf, reportInput: true }

/** Where a schema has no sentence of its own. */
function sentenceOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'This field is missing.'
      return `This must be ${KINDS[issue.expected] ?? issue.expected}.`
    case 'too_small':
      return `This must have at least ${issue.minimum}.`
    case 'too_big':
      return `This must be at most ${issue.maximum}.`
    case 'invalid_value':
      return `This must be one of: ${issue.values.map(String).join(', ')}.`
    case 'invalid_format':
      return FORMATS[issue.format] ?? 'This is not written as it should be.'
    default:
      return 'This field is not valid.'
  }
}

const FORMATS: Record<string, string> = {
  uuid: 'This must be a UUID such as 7f8c1b9e-2f4e-4b57-9c39-1d5f0f3f9a11.',
  datetime: 'This must be a time such as 2026-05-03T10:15:00Z.',
  date: 'This must be a day such as 1984-02-29.'
}
