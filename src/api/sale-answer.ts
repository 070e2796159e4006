import { withDecimals } from '../lib/money.ts'
import type { RecordedSale } from '../sales/recorded.ts'
import { plain } from '../sales/sale.ts'
import { inUtc } from './read-customers.ts'
import type { SaleAnswer } from './schemas/sale.ts'

/** A sale as tills are told, now or when they ask again. */
export function saleAnswer(sale: RecordedSale, decimals: number): SaleAnswer {
  const money = (value: string) => withDecimals(value, decimals)
  const { tenders, decision } = sale
  return {
    id: sale.id,
    receipt: sale.receipt,
    shop: sale.shop,
    till: sale.till,
    customer_id: sale.customerId,
    sold_at: inUtc(sale.soldAt),
    received_at: sale.receivedAt && inUtc(sale.receivedAt),
    lines: sale.lines.map(({ sku, name, quantity, amount, discount }) => ({
      sku,
      name,
      quantity: plain(quantity),
      amount: money(amount),
      discount: money(discount)
    })),
    tenders: {
      cash: money(tenders.cash),
      card: money(tenders.card),
      on_account: money(tenders.onAccount),
      other: money(tenders.other)
    },
    rounding: money(sale.rounding),
    total: money(sale.total),
    returns: sale.returns,
    cashier: sale.cashier,
    flagged: sale.flags.length > 0,
    flags: sale.flags.map(({ code, detail }) => ({ code, detail })),
    decision: decision && {
      group_id: decision.groupId,
      settings_version: decision.version,
      sentence: decision.sentence
    }
  }
}
