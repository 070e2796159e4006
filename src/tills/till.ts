import { defineEntity, OptionalProps, p } from '@mikro-orm/core'
import { Shop } from './shop.ts'

const TillSchema = defineEntity({
  name: 'Till',
  properties: {
    id: p.integer().primary(),
    shop: () => p.manyToOne(Shop),
    name: p.text(),
    version: p.integer().version(),
    createdAt: p.datetime().defaultRaw('now()'),
    closedAt: p.datetime().nullable()
  }
})

/** Some number their tills, others call them "Till 1". */
export const isCalledTill = (name: string): boolean => /^till\b/i.test(name)

/** What it is called where it has to be told that this is a till: "Till 1". */
export const labelOf = (name: string): string => (isCalledTill(name) ? name : `Till ${name}`)

/** A point of sale of a shop. It is closed, never removed: its sales stay its own. */
export class Till extends TillSchema.class {
  declare [OptionalProps]?: 'isClosed' | 'label'

  get isClosed(): boolean {
    return Boolean(this.closedAt)
  }

  get label(): string {
    return labelOf(this.name)
  }
}
TillSchema.setClass(Till)
