import { FIELD_NAMES, type FieldName, type NamedField, ofFields } from '../../customers/fields.ts'
import { type CellResult, clean, cleanCode, type Form } from './cell.ts'
import { readGender } from './gender.ts'
import { readEmail, readLine } from './name.ts'
import { createPhoneReader } from './phone.ts'

/** The fields that can be read from a cell alone. A birth date also depends on the order of dates in the whole file. */
export type ReadField = Exclude<FieldName, 'birthDate'>
export const READ_FIELDS = FIELD_NAMES.filter((name): name is ReadField => name !== 'birthDate')

const { birthDate: _, ...none } = ofFields((field) => field.none)
/** The fields of a row whose cells hold nothing. */
export const NOTHING_READ: Record<ReadField, string | null> = none

type Reader = (cell: string) => CellResult<string | null>

function lineReader(form: Form, { name, longest }: NamedField): Reader {
  return (cell) => readLine(form, name, longest, clean(cell))
}

/** The reader of each field: a line of text, unless people write the field in more ways than the form accepts. */
export function fieldReaders(form: Form, country: string): Record<ReadField, Reader> {
  const readPhone = createPhoneReader(form, country)
  return {
    ...ofFields((field) => lineReader(form, field)),
    phone: (cell) => readPhone(cleanCode(cell)),
    email: (cell) => readEmail(form, cleanCode(cell)),
    gender: (cell) => readGender(clean(cell))
  }
}
