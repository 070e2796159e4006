import type { SignedIn } from '../staff/sessions.ts'
import type { Group } from './group.ts'

/** Staff put people into groups, but into none that lets a till do more; nobody puts anyone into Walk-in (design.md, Roles). */
export function mayAdd(group: Group, user: SignedIn): boolean {
  return group.system !== 'walk-in' && (user.may('manager') || !group.isPrivileged)
}

/** Why nobody is removed from a system group. */
export function refusedRemoval(group: Group): string {
  return group.system === 'default'
    ? 'Nobody is removed from Default: add them to another primary group instead.'
    : 'The walk-in customer stays in Walk-in.'
}
