/** How a payment to an account is made. */
export const TENDERS = ['cash', 'card', 'transfer', 'cheque', 'other'] as const
export type Tender = (typeof TENDERS)[number]

/** Where English is written as in the United States. */
const WRITES_CHECK = /-(US|PH|PR)$/

/** What the retailer calls them. */
export function tenderNames(locale: string): Record<Tender, string> {
  const cheque = WRITES_CHECK.test(locale) ? 'Check' : 'Cheque'
  return { cash: 'Cash', card: 'Card', transfer: 'Bank transfer', cheque, other: 'Other' }
}
