/** What a key can let a till do, by what people read. */
export const SCOPES = {
  'customers:read': 'Look customers up',
  'customers:write': 'Make and edit customers',
  'sales:read': 'Read sales',
  'sales:write': 'Record sales',
  'groups:write': 'Put customers into groups, as a manager does'
} as const

export type Scope = keyof typeof SCOPES
export const SCOPE_NAMES = Object.keys(SCOPES) as Scope[]
export const isScope = (text: string): text is Scope => Object.hasOwn(SCOPES, text)

/** What a new key has, unless it is asked for otherwise: who changes groups can give credit. */
export const USUAL_SCOPES: Scope[] = SCOPE_NAMES.filter((scope) => scope !== 'groups:write')
