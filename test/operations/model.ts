/** What groups and undo go by (docs/rules.md, 1 to 8 and 18), as plainly as it can be said, for a world that fits into a Map. */

export const DEFAULT = 1

export interface Membership {
  group: number
  /** When and by which bulk operation, null if by hand. */
  at: string
  operation: number | null
}

export interface Person {
  primary: Membership
  /** Where a bulk operation took them from. */
  previous: Membership | null
  lists: Map<number, Membership>
}

export interface Done {
  kind: 'add' | 'remove' | 'delete-group'
  group: number
  isList: boolean
  /** For whom it changed something. */
  changed: number
  /** What it ended in a list. */
  ended: Map<number, Membership>
  isUndone: boolean
}

export interface Model {
  people: Map<number, Person>
  /** Each group that exists, and whether it is a list. */
  groups: Map<number, boolean>
  operations: Map<number, Done>
}

export interface Counted {
  asked: number
  done: number
  already: number
  refused: number
}

interface When {
  at: string
  operation: number | null
}

/** Puts people into a group. Says how many it put, and how many were there. */
export function join({ people, groups }: Model, group: number, ids: number[], when: When): Counted {
  const counted = { asked: ids.length, done: 0, already: 0, refused: 0 }
  for (const id of ids) {
    const person = people.get(id)
    if (!person) counted.refused++
    else if (groups.get(group) ? person.lists.has(group) : person.primary.group === group) counted.already++
    else {
      counted.done++
      if (groups.get(group)) person.lists.set(group, { group, ...when })
      else move(person, group, when)
    }
  }
  return counted
}

/** Takes people out of a group. */
export function leave(
  model: Model,
  group: number,
  ids: number[],
  when: When
): Counted & { ended: Map<number, Membership> } {
  const counted = { asked: ids.length, done: 0, already: 0, refused: 0, ended: new Map<number, Membership>() }
  for (const id of ids) {
    const person = model.people.get(id)
    const membership = person?.lists.get(group)
    if (!person) counted.refused++
    else if (membership) {
      counted.done++
      counted.ended.set(id, membership)
      person.lists.delete(group)
    } else if (!model.groups.get(group) && person.primary.group === group) {
      counted.done++
      move(person, DEFAULT, when)
    } else counted.already++
  }
  return counted
}

function move(person: Person, group: number, when: When): void {
  person.previous = when.operation === null ? null : person.primary
  person.primary = { group, ...when }
}

export function members({ people, groups }: Model, group: number): number[] {
  const isMember = (one: Person) => (groups.get(group) ? one.lists.has(group) : one.primary.group === group)
  return [...people].flatMap(([id, one]) => (isMember(one) ? [id] : []))
}

/** Takes an operation back as far as nobody has changed it since; null if it can't be. */
export function takeBack(model: Model, id: number): Counted | null {
  const operation = model.operations.get(id)
  if (!operation || operation.isUndone || (operation.changed === 0 && operation.kind !== 'delete-group')) return null
  if (operation.kind === 'delete-group') model.groups.set(operation.group, operation.isList)
  else if (!model.groups.has(operation.group)) return null
  operation.isUndone = true
  const done = operation.isList ? takeBackList(model, id, operation) : takeBackMoves(model, id)
  return { asked: operation.changed, done, already: 0, refused: operation.changed - done }
}

function takeBackList({ people }: Model, id: number, { kind, group, ended }: Done): number {
  let done = 0
  for (const [customer, person] of people) {
    if (kind === 'add') {
      if (person.lists.get(group)?.operation !== id) continue
      person.lists.delete(group)
    } else {
      const before = ended.get(customer)
      if (!before || person.lists.has(group)) continue
      person.lists.set(group, before)
    }
    done++
  }
  return done
}

function takeBackMoves({ people, groups }: Model, id: number): number {
  let done = 0
  for (const person of people.values()) {
    if (person.primary.operation !== id || !person.previous || !groups.has(person.previous.group)) continue
    person.primary = person.previous
    person.previous = null
    done++
  }
  return done
}
