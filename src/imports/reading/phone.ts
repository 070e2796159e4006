import { formatPhone, parseExtension, parsePhone } from '../../lib/phone.ts'
import type { CellResult, Form } from './cell.ts'
import { createQuickPhone } from './quick-phone.ts'

const LONGEST = 40
const SCIENTIFIC = /^\d(?:[.,]\d+)?e\+?\d+$/i
const NOWHERE = ''
/** A character that separates a phone number from its extension, in whatever language. */
const BETWEEN = /[^\d\s().+/-]/

/**
 * Makes a reader of phones, which returns them in E.164. Its messages tell a phone that a spreadsheet has damaged from
 * a mistyped one.
 */
export function createPhoneReader(form: Form, country: string): (text: string) => CellResult<string | null> {
  const quick = createQuickPhone(country)

  return function readPhone(text) {
    if (text === '') return { value: null, message: null }
    if (SCIENTIFIC.test(text)) return { value: null, message: dropped(text) }
    const phone = plain(text)
    if (phone.length > LONGEST) return form('phone', phone)
    const value = quick(phone) ?? parsePhone(phone, country)
    if (value) return { value, message: null }
    return { value: null, message: withoutPlus(phone) ?? form('phone', phone).message ?? dropped(text) }
  }
}

/** A sentence about a phone whose extension is not stored; null if it has none. */
export function noteOnPhone(text: string, country: string): string | null {
  const extension = BETWEEN.test(text) ? parseExtension(plain(text), country) : null
  return extension && `Extension ${extension} is not kept.`
}

function plain(text: string): string {
  return text
    .replace(/^tel:\s*/i, '')
    .replace(/^\(\+(\d+)\)/, '+$1 ')
    .replace(/^(\d+)\.0$/, '$1')
}

const dropped = (text: string) =>
  `Your spreadsheet shortened this number to ${text.slice(0, LONGEST)}, so its last digits are lost. Format the column as text, then enter the phone again.`

function withoutPlus(phone: string): string | null {
  const digits = phone.replace(/\D/g, '').replace(/^00/, '')
  const foreign = /^[+]/.test(phone) ? null : parsePhone(`+${digits}`, NOWHERE)
  return foreign && `This looks like ${formatPhone(foreign, NOWHERE)} without its +. Enter it with the +.`
}
