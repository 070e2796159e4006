const MOST = 2_000

/**
 * Keeps the results of a function that is slow to call and often called with the same key. Formatting phones and days
 * would otherwise take a tenth of a page's time. A result takes some 100 bytes.
 */
export function memoized<Value>(write: (key: string) => Value): (key: string) => Value {
  const known = new Map<string, Value>()
  return (key) => {
    const kept = known.get(key)
    if (kept !== undefined) return kept
    const value = write(key)
    if (known.size >= MOST) known.clear()
    known.set(key, value)
    return value
  }
}
