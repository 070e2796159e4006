import { defineEntity, OptionalProps, p } from '@mikro-orm/core'
import { WALK_IN_CUSTOMER } from '../db/fixed.ts'
import { GENDERS } from './gender.ts'

const CustomerSchema = defineEntity({
  name: 'Customer',
  properties: {
    id: p.integer().primary(),
    firstName: p.text(),
    lastName: p.text().default(''),
    name: p.text().persist(false),
    phone: p.text().nullable(),
    email: p.text().nullable(),
    /** A calendar day, "1984-02-29": no time zone ever touches it. */
    birthDate: p.date().nullable(),
    gender: p.enum(GENDERS).nullable(),
    location: p.text().nullable(),
    company: p.text().nullable(),
    version: p.integer().version(),
    createdAt: p.datetime().defaultRaw('now()')
  }
})

export class Customer extends CustomerSchema.class {
  declare [OptionalProps]?: 'isWalkIn' | 'name'

  get isWalkIn(): boolean {
    return this.id === WALK_IN_CUSTOMER
  }
}
CustomerSchema.setClass(Customer)
