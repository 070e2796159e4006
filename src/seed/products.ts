import { faker } from '@faker-js/faker/locale/en'
import { Dice, keyOf, pickCommon, shuffle } from './dice.ts'
import type { Options } from './options.ts'

export const PRODUCT_COLUMNS = 'product (id, sku, name)'

const CUSTOMERS_PER_PRODUCT = 50
const FEWEST = 50
const MOST = 20_000

/** Zipf's law: the k-th best seller sells 1/k^0.9 of what the best one sells. */
const EXPONENT = 0.9

const WEIGHED = 0.06

export interface Product {
  id: number
  /** The price of one piece, or of a kilogram. */
  cents: number
  isWeighed: boolean
}

export function countProducts({ customers }: Options): number {
  return Math.min(MOST, Math.max(FEWEST, Math.round(customers / CUSTOMERS_PER_PRODUCT)))
}

export function* productRows(options: Options): Generator<string> {
  const { adjective, material, product } = faker.definitions.commerce.product_name
  const dice = new Dice(options.seed, 'product name')
  for (let id = 1; id <= countProducts(options); id++) {
    const name = [adjective, material, product].map((words) => pickCommon(words, dice.for(id + words.length * MOST)))
    yield `${id}\t${String(id).padStart(6, '0')}\t${name.join(' ')}\n`
  }
}

/** Makes a function that draws a product for a basket. A few products sell most, and their ids do not show which. */
export function productChooser(options: Options): (dice: Dice) => Product {
  const products = Array.from({ length: countProducts(options) }, (_, place) => priced(place + 1, options))
  const order = shuffle(products.length, keyOf(options.seed, 'best sellers'))
  const { share, other } = aliases(products.length)
  const ranked = products.map((product, rank) => products[order(rank)] ?? product)
  return (dice) => {
    const rank = dice.whole(ranked.length)
    const chosen = dice.next() < (share[rank] ?? 1) ? rank : (other[rank] ?? rank)
    const product = ranked[chosen]
    if (!product) throw new Error('Nothing to sell')
    return product
  }
}

/** A product's price: from half a dollar to some hundreds, mostly under ten. */
function priced(id: number, { seed }: Options): Product {
  const dice = new Dice(seed, 'price').for(id)
  const cents = Math.round(50 * Math.exp((dice.next() + dice.next() + dice.next()) ** 2 / 1.35))
  return { id, cents: Math.min(cents, 49_900), isWeighed: dice.happens(WEIGHED) }
}

/** Walker's alias tables, which draw a rank by its weight with two random numbers, however many ranks there are. */
function aliases(count: number) {
  const weights = Float64Array.from({ length: count }, (_, rank) => (rank + 1) ** -EXPONENT)
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / count
  const share = weights.map((weight) => weight / mean)
  const other = Int32Array.from({ length: count }, (_, rank) => rank)
  const light = [...other].filter((rank) => (share[rank] ?? 0) < 1)
  const heavy = [...other].filter((rank) => (share[rank] ?? 0) >= 1)
  for (let low = light.pop(), high = heavy.pop(); low !== undefined && high !== undefined; low = light.pop()) {
    other[low] = high
    const left = (share[high] ?? 0) + (share[low] ?? 0) - 1
    share[high] = left
    if (left >= 1) continue
    light.push(high)
    high = heavy.pop()
  }
  return { share, other }
}
