import { defineEntity, OptionalProps, p } from '@mikro-orm/core'

const ShopSchema = defineEntity({
  name: 'Shop',
  properties: {
    id: p.integer().primary(),
    name: p.text(),
    version: p.integer().version(),
    createdAt: p.datetime().defaultRaw('now()'),
    closedAt: p.datetime().nullable()
  }
})

/** A place where the retailer sells. It is closed, never removed: its sales stay its own. */
export class Shop extends ShopSchema.class {
  declare [OptionalProps]?: 'isClosed'

  get isClosed(): boolean {
    return Boolean(this.closedAt)
  }
}
ShopSchema.setClass(Shop)
