import type { Sale } from './sale.ts'

/**
 * Parts sales into waves that are each written at one stroke, in the order given: a sale that depends on one before it comes
 * in a later wave. It does if both have the same id or the same receipt, or bring something back of the same sale, or if it
 * brings back what the other sold.
 */
export function wavesOf(sales: Sale[]): Sale[][] {
  const waves: Sale[][] = []
  let used = new Set<string>()
  for (const sale of sales) {
    const marks = marksOf(sale)
    let wave = waves.at(-1)
    if (!wave || marks.some((mark) => used.has(mark))) {
      wave = []
      waves.push(wave)
      used = new Set()
    }
    wave.push(sale)
    for (const mark of marks) used.add(mark)
  }
  return waves
}

/** What no two sales of a wave may share. */
export function marksOf({ id, till, receipt, returns }: Sale): string[] {
  return [id, `${till} ${receipt}`, ...(returns ? [returns] : [])]
}
