import type { Em } from '../db/orm.ts'
import { applyProducts, takeInProducts } from './products.ts'
import { applySpend, takeInSpend } from './spend.ts'

/** Takes in all changes that are waiting now, in a transaction that already holds the locks of both passes. */
export async function takeInAllChanges(em: Em): Promise<void> {
  await takeInSpend(em)
  while (await takeInProducts(em));
}

/** Takes in all changes that are waiting now, except those that another process is taking in. */
export async function settleFigures(em: Em): Promise<void> {
  await applySpend(em)
  while (await applyProducts(em));
}
