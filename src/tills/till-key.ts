import { createHash, randomBytes } from 'node:crypto'
import { defineEntity, p } from '@mikro-orm/core'
import type { Scope } from './scopes.ts'
import { Till } from './till.ts'

/** How long the key before goes on after a new one was made, unless somebody ends it. */
const OVERLAP_DAYS = 30

/** How often the use of a key is written down: the time is exact to this. */
const TOUCH_MS = 60_000

const TillKeySchema = defineEntity({
  name: 'TillKey',
  properties: {
    id: p.integer().primary(),
    till: () => p.manyToOne(Till),
    hash: p.blob(),
    hint: p.text(),
    scopes: p.array().$type<Scope[]>(),
    createdAt: p.datetime(),
    createdBy: p.integer().nullable(),
    endsAt: p.datetime().nullable(),
    lastUsedAt: p.datetime().nullable()
  }
})

/** What lets a till in. The key itself is shown once; only a hash of it is kept. */
export class TillKey extends TillKeySchema.class {
  isValid(now: Date): boolean {
    return !this.endsAt || this.endsAt > now
  }
}
TillKeySchema.setClass(TillKey)

/** Secret scanners know it by how it begins. */
export const newKey = (): string => `clt_${randomBytes(32).toString('base64url')}`

export const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex')

/** The end of a key, by which people tell it from others. */
export const hintOf = (key: string): string => key.slice(-4)

export const endOfOverlap = (now: Date): Date => new Date(now.getTime() + OVERLAP_DAYS * 24 * 60 * 60 * 1000)

export const isTouchDue = (lastUsedAt: Date | null, now: Date): boolean =>
  lastUsedAt === null || now.getTime() - lastUsedAt.getTime() > TOUCH_MS
