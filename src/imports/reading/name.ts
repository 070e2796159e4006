import { FIELDS, type FieldName } from '../../customers/fields.ts'
import type { CellResult, Form } from './cell.ts'

// A text that matches one of these patterns is valid. They take a fraction of the time of the form's checks, which
// decide about all other texts.
const FINE_LINE = /^[A-Za-z][A-Za-z0-9 .'-]*$/
const FINE_EMAIL = /^[a-z0-9]+(?:[._-][a-z0-9]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,}$/
const LONGEST_FINE_EMAIL = 254

/** Reads a line of text by the rules of the form. */
export function readLine(form: Form, field: FieldName, longest: number, text: string): CellResult<string | null> {
  if (text === '' && field !== 'firstName') return { value: null, message: null }
  return text.length <= longest && FINE_LINE.test(text) ? { value: text, message: null } : form(field, text)
}

const LONGEST_PART = FIELDS.firstName.longest
const TOO_LONG = `A first name or last name can have up to ${LONGEST_PART} characters. Shorten this one.`

/**
 * Reads a part of a whole name as readLine() does. Its message doesn't say which part is too long, because nobody has
 * confirmed the order.
 */
export function readPart(form: Form, field: 'firstName' | 'lastName', text: string): CellResult<string | null> {
  return [...text].length > LONGEST_PART
    ? { value: null, message: TOO_LONG }
    : readLine(form, field, LONGEST_PART, text)
}

export function readEmail(form: Form, text: string): CellResult<string | null> {
  const email = text.toLowerCase().replace(/^mailto:\s*/, '')
  if (email === '') return { value: null, message: null }
  if (email.length <= LONGEST_FINE_EMAIL && FINE_EMAIL.test(email)) return { value: email, message: null }
  return form('email', email)
}
