/** A path with those parameters that have a value. */
export function withQuery(path: string, params: Record<string, string | null | undefined>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(params)) {
    if (value) query.set(name, value)
  }
  return query.size ? `${path}?${query}` : path
}

/** A path with a list of ids, written as a form sends its ticked boxes. */
export function withIds(path: string, ids: number[]): string {
  return `${path}?${new URLSearchParams(ids.map((id): [string, string] => ['ids', String(id)]))}`
}
