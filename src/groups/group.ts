import { defineEntity, OptionalProps, p } from '@mikro-orm/core'

const GroupSchema = defineEntity({
  name: 'Group',
  tableName: 'customer_group',
  properties: {
    id: p.integer().primary(),
    kind: p.enum(['primary', 'list'] as const),
    system: p.enum(['default', 'walk-in'] as const).nullable(),
    name: p.text(),
    description: p.text().default(''),
    restrictsPurchases: p.boolean().default(false),
    allowsOnAccount: p.boolean().default(false),
    allowsDiscounts: p.boolean().default(false),
    version: p.integer().version(),
    createdAt: p.datetime().defaultRaw('now()'),
    createdBy: p.integer().nullable()
  }
})

export class Group extends GroupSchema.class {
  declare [OptionalProps]?: 'isList' | 'isPrivileged'

  get isList(): boolean {
    return this.kind === 'list'
  }

  /** Staff may put nobody into a group that lets a till do more (docs/rules.md, Roles). */
  get isPrivileged(): boolean {
    return this.allowsOnAccount || this.allowsDiscounts
  }
}
GroupSchema.setClass(Group)

/** Members that came from another primary group. */
export interface MovedFrom {
  id: number
  name: string
  count: number
}
