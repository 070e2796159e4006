import type { z } from 'zod'

/**
 * One message for each field, by the field's name: its first error. A form shows them in its summary and beside its
 * fields.
 */
export type FieldErrors = Record<string, string>

export function fieldErrors(error: z.ZodError): FieldErrors {
  const errors: FieldErrors = {}
  for (const issue of error.issues) errors[String(issue.path[0] ?? 'form')] ??= issue.message
  return errors
}
