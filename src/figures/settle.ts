import type { Em } from '../db/orm.ts'
import { applyProducts, takeInProducts } from './products.ts'
import { applySpend, takeInSpend } from './spend.ts'

/** Takes in all that is waiting now, in the transaction of whoever is alone with the database. */
export async function takeInAll(em: Em): Promise<void> {
  await takeInSpend(em)
  while (await takeInProducts(em));
}

/** Takes in all that is waiting now; what another process is taking in already is left to it. */
export async function settleFigures(em: Em): Promise<void> {
  await applySpend(em)
  while (await applyProducts(em));
}
