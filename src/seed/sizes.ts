const LISTS_PER_CUSTOMER = 3
const LARGEST_LIST = 0.9
const SMALLEST_LIST = 10

/**
 * Sizes of lists, a few huge and most small: the k-th largest has 1/k^s of the members of the largest, with s chosen so
 * that the sum fits.
 */
export function listSizes(customers: number, lists: number): number[] {
  const largest = Math.floor(customers * LARGEST_LIST)
  const sizesFor = (exponent: number) =>
    Array.from({ length: lists }, (_, place) =>
      Math.max(Math.min(SMALLEST_LIST, largest), Math.round(largest / (place + 1) ** exponent))
    )
  let [low, high] = [0, 8]
  while (high - low > 1e-6) {
    const middle = (low + high) / 2
    const members = sizesFor(middle).reduce((sum, size) => sum + size, 0)
    if (members > customers * LISTS_PER_CUSTOMER) low = middle
    else high = middle
  }
  return sizesFor(high)
}

/**
 * The number of customers in each primary group: Default and the next have three tenths each, and the others share the
 * rest.
 */
export function primarySizes(customers: number, groups: number): number[] {
  const others = Array.from({ length: Math.max(0, groups - 2) }, (_, place) => (place + 1) ** -1.2)
  const whole = others.reduce((sum, weight) => sum + weight, 0)
  const shares = [0.3, 0.3, ...others.map((weight) => (0.4 * weight) / whole)].slice(0, groups)
  // Sizes are differences of rounded ends, so that they add up to all customers.
  let [share, before] = [0, 0]
  return shares.map((next, place) => {
    share += next
    const end = place === shares.length - 1 ? customers : Math.round(customers * share)
    const size = end - before
    before = end
    return size
  })
}
