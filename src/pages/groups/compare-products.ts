import type { Em } from '../../db/orm.ts'
import { describeProducts, type RankedProduct } from '../../figures/ranking.ts'
import { findRankingPage } from '../../figures/ranking-order.ts'

/** A product that is among the top of any of some groups, with its place in each; null where nobody bought it. */
export interface ProductComparison {
  sku: string
  name: string
  cells: (RankedProduct | null)[]
}

const TOP = 5

/** The top products of all time of some groups, side by side, those closest to the top of any group first. */
export async function findTopProducts(em: Em, groupIds: number[]): Promise<ProductComparison[]> {
  const ranked = groupIds.map((groupId) => ({ groupId, days: null, shopId: null }))
  const tops = await Promise.all(
    ranked.map((one) => findRankingPage(em, one, { sort: 'units', direction: 'desc' }, 0, TOP))
  )
  const ids = [...new Set(tops.flat())]
  const places = ids.map((productId) => ({ productId, rank: null }))
  const columns = await Promise.all(ranked.map((one) => describeProducts(em, one, places)))
  const products = ids.flatMap((productId) => {
    const cells = columns.map((column) => column.find((one) => one.productId === productId) ?? null)
    const [known] = cells.filter((cell) => cell !== null)
    return known ? [{ sku: known.sku, name: known.name, cells }] : []
  })
  return products.sort((one, other) => best(one) - best(other) || one.name.localeCompare(other.name))
}

function best({ cells }: ProductComparison): number {
  return Math.min(...cells.map((cell) => cell?.rank ?? Number.POSITIVE_INFINITY))
}
