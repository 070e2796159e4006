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

/** A point of sale of a shop. It is closed, never removed: its sales stay its own. */
export class Till extends TillSchema.class {
  declare [OptionalProps]?: 'isClosed'

  get isClosed(): boolean {
    return Boolean(this.closedAt)
  }
}
TillSchema.setClass(Till)
