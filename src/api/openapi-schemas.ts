interface Described {
  components?: { schemas?: Record<string, unknown> }
}

/**
 * The library names each schema twice: as it is sent ("SaleInput") and as it is answered ("Sale"). Where only one of the two is used,
 * it gets the plain name; where both say the same, one is enough.
 */
export function withoutTwins<Document extends object>(document: Document): Document {
  const { schemas = {} } = (document as Described).components ?? {}
  const used = usedIn(document, schemas)
  const kept: Record<string, unknown> = {}
  const names: Record<string, string> = {}
  for (const name of Object.keys(schemas).filter((one) => used.has(one))) {
    const plain = name.replace(/Input$/, '')
    const isTwin = name !== plain && used.has(plain) && !isSame(schemas[name], schemas[plain])
    names[name] = isTwin ? name : plain
    kept[isTwin ? name : plain] ??= name === plain ? opened(schemas[name]) : schemas[name]
  }
  const text = JSON.stringify({ ...document, components: { ...(document as Described).components, schemas: kept } })
  const renamed = text.replace(/"#\/components\/schemas\/(\w+)"/g, (whole, name: string) => {
    return names[name] ? `"#/components/schemas/${names[name]}"` : whole
  })
  const plainly = renamed.replaceAll('"Default Response"', '"Answered"').replace(SAFE_INTEGERS, '')
  return JSON.parse(plainly) as Document
}

/** That a whole number is not beyond what JavaScript can count says nothing of what it means. */
const SAFE_INTEGERS = /,"(minimum":-|maximum":)9007199254740991/g

/** Version 1 only grows: an answer may have more fields one day, and no program should stop at them. */
const opened = (schema: unknown): unknown =>
  JSON.parse(JSON.stringify(schema).replaceAll(',"additionalProperties":false', ''))

/** What the paths refer to, directly or through other schemas. */
function usedIn(document: object, schemas: Record<string, unknown>): Set<string> {
  const { components: _components, ...rest } = document as Described
  const used = new Set<string>()
  const follow = (part: unknown) => {
    for (const [, name = ''] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      if (used.has(name)) continue
      used.add(name)
      follow(schemas[name] ?? null)
    }
  }
  follow(rest)
  return used
}

/** But for the names of the schemas that they refer to. */
function isSame(one: unknown, other: unknown): boolean {
  const text = (schema: unknown) => JSON.stringify(schema).replace(/(schemas\/\w+?)Input"/g, '$1"')
  return text(one) === text(other)
}
