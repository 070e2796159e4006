const MOST = 2_000

/**
 * For what takes a tenth of a page's time to write, such as its phones or its days: the same customers are looked at again and
 * again. Some 100 bytes each.
 */
export function remembered<Value>(write: (key: string) => Value): (key: string) => Value {
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
