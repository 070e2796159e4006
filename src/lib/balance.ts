import type { Decimal } from './format.ts'

/** What a balance means to the shop. It is positive when the customer owes money. */
export function balanceStanding(balance: Decimal): string {
  const owed = Number(balance)
  if (owed === 0) return 'settled'
  return owed > 0 ? 'owed to us' : 'credit'
}

/** A balance as the predicate of a sentence about its customer: "owes $5.00", "has a credit of $5.00". */
export function owesText(balance: Decimal, price: (value: Decimal) => string): string {
  const owed = Number(balance)
  if (owed === 0) return 'owes nothing'
  return owed > 0 ? `owes ${price(balance)}` : `has a credit of ${price(balance.slice(1))}`
}
