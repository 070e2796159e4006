import { defineEntity, p } from '@mikro-orm/core'

const RetailerSchema = defineEntity({
  name: 'Retailer',
  properties: {
    id: p.boolean().primary(),
    name: p.text(),
    country: p.text(),
    timeZone: p.text(),
    currency: p.text(),
    locale: p.text(),
    isDemo: p.boolean().default(false),
    version: p.integer().version()
  }
})

export class Retailer extends RetailerSchema.class {}
RetailerSchema.setClass(Retailer)
