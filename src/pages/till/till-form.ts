import { z } from 'zod'
import { type FieldErrors, fieldErrors } from '../../lib/field-errors.ts'
import { line, requiredLine } from '../../lib/fields.ts'
import { amount, type Currency, isNegative, isNothing, quantity, shortest, thousandths } from '../../lib/money.ts'
import type { Cart, CartLine } from '../../till-screen/cart.ts'
import type { TenderName, Tenders } from '../../till-screen/pay.ts'

export const search = line('The search', 100).catch('')
const typed = z.string().max(40).catch('').default('')

/** All fields of the screen, whichever button was pressed. Those of lines are read by their numbers. */
export const tillForm = z.looseObject({
  cart: z.uuid().optional().catch(undefined),
  /** What the total was when the page was made. */
  total: z.string().max(40).catch('').default(''),
  customer: search,
  product: search,
  receipt: search,
  /** What stood there when the page was made: whoever presses Enter means the field that has changed. */
  customerWas: search,
  productWas: search,
  /** A product that is sold for the first time. */
  newSku: z.unknown().optional(),
  newName: z.unknown().optional(),
  cash: typed,
  card: typed,
  onAccount: typed,
  other: typed,
  /** Which button: a word, perhaps with what it is about after a colon. */
  do: z.string().max(120).catch('save').default('save')
})

export type TillForm = z.output<typeof tillForm>

/** What was typed into the lines of a cart, as it is to be kept; a field that can't be read keeps what it was. */
export function readLines(form: TillForm, cart: Cart, place: Currency): { lines: CartLine[]; errors: FieldErrors } {
  const readers = { quantity: quantity(place), amount: amount(place) }
  const errors: FieldErrors = {}
  const lines = cart.lines.map((kept) => {
    const read = readLine(form, kept, readers)
    Object.assign(errors, read.errors)
    return read.line
  })
  return { lines, errors }
}

interface Readers {
  quantity: ReturnType<typeof quantity>
  amount: ReturnType<typeof amount>
}

function readLine(form: TillForm, kept: CartLine, { quantity, amount }: Readers) {
  const errors: FieldErrors = {}
  const read = (name: string, schema: z.ZodType<string>, was: string | null) => {
    const field = `${name}-${kept.number}`
    const text = form[field]
    if (typeof text !== 'string' || (text.trim() === '' && was === null)) return was
    const parsed = schema.safeParse(text)
    if (parsed.success && !isNegative(parsed.data)) return parsed.data
    errors[field] = parsed.success ? 'This can’t be negative.' : (fieldErrors(parsed.error).form ?? '')
    return was
  }
  const line = { ...kept, quantity: read('quantity', quantity, kept.quantity) ?? '0' }
  if (kept.leftUnits !== null) {
    if (thousandths(line.quantity) > thousandths(kept.leftUnits)) {
      errors[`quantity-${kept.number}`] = `Only ${shortest(kept.leftUnits)} can be brought back.`
      line.quantity = kept.quantity
    }
    return { line, errors }
  }
  line.price = read('price', amount, kept.price)
  return { line: { ...line, ...readDiscount(form, kept, amount, errors) }, errors }
}

/** "10%" is of the line, "1.50" is money; nothing takes a discount away. */
function readDiscount(form: TillForm, kept: CartLine, amount: Readers['amount'], errors: FieldErrors) {
  const { discount, percent } = kept
  const field = `discount-${kept.number}`
  const text = form[field]
  if (typeof text !== 'string') return { discount, percent }
  const value = text.trim()
  if (value === '') return { discount: null, percent: null }
  if (value.endsWith('%')) {
    const share = /^(\d{1,3})([.,]\d{1,2})?$/.exec(value.slice(0, -1).trim())
    const of100 = share && `${share[1]}${(share[2] ?? '').replace(',', '.')}`
    if (of100 && thousandths(of100) <= thousandths('100'))
      return { discount: null, percent: isNothing(of100) ? null : of100 }
    errors[field] = 'Enter a discount of 0% to 100%.'
    return { discount, percent }
  }
  const parsed = amount.safeParse(value)
  if (parsed.success && !isNegative(parsed.data))
    return { discount: isNothing(parsed.data) ? null : parsed.data, percent: null }
  errors[field] = parsed.success ? 'A discount can’t be negative.' : (fieldErrors(parsed.error).form ?? '')
  return { discount, percent }
}

const newProduct = z.object({
  newSku: requiredLine('The product code', 100, 'Enter the product’s code.'),
  newName: requiredLine('The product’s name', 300, 'Enter the product’s name.')
})

/** A product that nobody has sold before: its price is still to be typed. */
export function readNewProduct(form: TillForm) {
  const parsed = newProduct.safeParse(form)
  if (!parsed.success) return { product: null, errors: fieldErrors(parsed.error) }
  return { product: { sku: parsed.data.newSku, name: parsed.data.newName, price: null }, errors: {} }
}

const TENDERS: TenderName[] = ['cash', 'card', 'onAccount', 'other']

/** The payments of a split, each as it is typed; nothing is 0. */
export function readTenders(form: TillForm, place: Currency): { tenders: Tenders; errors: FieldErrors } {
  const reader = amount(place)
  const errors: FieldErrors = {}
  const tenders: Tenders = { cash: '0', card: '0', onAccount: '0', other: '0' }
  for (const name of TENDERS) {
    if (form[name].trim() === '') continue
    const parsed = reader.safeParse(form[name])
    if (!parsed.success) errors[name] = fieldErrors(parsed.error).form ?? ''
    else if (isNegative(parsed.data)) errors[name] = 'A payment can’t be negative.'
    else tenders[name] = parsed.data
  }
  return { tenders, errors }
}

export const isTender = (name: string): name is TenderName => TENDERS.some((one) => one === name)
