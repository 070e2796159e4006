/** The ways to pay an account. */
export const TENDERS = ['cash', 'card', 'transfer', 'cheque', 'other'] as const
export type Tender = (typeof TENDERS)[number]

/** Locales of countries that write English as in the United States. */
const WRITES_CHECK = /-(US|PH|PR)$/

/** What the ways to pay are called in the retailer's country. */
export function tenderNames(locale: string): Record<Tender, string> {
  const cheque = WRITES_CHECK.test(locale) ? 'Check' : 'Cheque'
  return { cash: 'Cash', card: 'Card', transfer: 'Bank transfer', cheque, other: 'Other' }
}
