import type { FastifyReply } from 'fastify'
import type { Debts } from '../customers/debts.ts'
import type { Em } from '../db/orm.ts'
import { openSelection, type Purpose, type Selection } from '../selections/selection.ts'
import { actorOf } from '../web/access.ts'
import { debtsOfSelected, type Effect, effectOf } from './effects.ts'
import { DEFAULT_GROUP, type Group } from './group.ts'
import { type Heading, titled } from './heading.ts'
import type { Picked } from './picker-form.ts'
import { pathOf, type Request } from './picker-page.ts'
import { customers, number, sourcesText } from './sentences.ts'

declare module '../web/view.ts' {
  interface Views {
    'groups/confirm': Heading & {
      group: Group
      purpose: Purpose
      path: string
      picked: Picked
      selectionId: string
      selected: number
      /** What will happen, one sentence each. */
      lines: string[]
      /** What those selected owe who could buy on account no longer. */
      debts: Debts | null
      button: string
    }
  }
}

/** Whether somebody is told first what will happen: who would be taken out of another group than Default (docs/rules.md, 5), or owes. */
export async function isToBeConfirmed(em: Em, group: Group, purpose: Purpose, selection: Selection): Promise<boolean> {
  if (group.isList) return false
  const { from } = await effectOf(em, group, purpose, selection)
  return from.some(({ id }) => id !== DEFAULT_GROUP) || (await debtsOfSelected(em, group, purpose, selection)) !== null
}

/**
 * The question, on a page of its own: its button stands at the top, where the one that led here had nothing, and the place
 * of that one, at the bottom, is empty. So a second click confirms nothing, whoever or whatever makes it. Null if there is
 * nobody to ask about any more.
 */
export async function confirmationPage(
  request: Request,
  reply: FastifyReply,
  group: Group,
  purpose: Purpose,
  picked: Picked
): Promise<string | null> {
  const { em } = request
  const opened = picked.selectionId && (await openSelection(em, picked.selectionId, group, purpose, actorOf(request)))
  if (!opened || opened.selection.operationId !== null || group.isList) return null
  const effect = await effectOf(em, group, purpose, opened.selection)
  const others = effect.selected - effect.already
  if (others === 0) return null
  const button = `${purpose === 'add' ? 'Move' : 'Remove'} ${customers(others)}`
  const title = `${button} ${purpose === 'add' ? 'to' : 'from'} ${group.name}?`
  const page = { group, purpose, path: pathOf(group, purpose), picked, selectionId: opened.selection.id, button }
  const debts = await debtsOfSelected(em, group, purpose, opened.selection)
  const lines = linesOf(group, purpose, effect)
  return reply.page('groups/confirm', { ...titled(title), ...page, selected: effect.selected, lines, debts })
}

/** What a confirmation says before it happens; the numbers of the first line add up. */
function linesOf(group: Group, purpose: Purpose, { selected, already, from }: Effect): string[] {
  if (purpose === 'remove') {
    const gone = already ? `, ${number(already)} of them no longer in ${group.name}` : ''
    return [`${customers(selected)} selected${gone}.`, 'They move to Default and stay customers.']
  }
  const here = already ? `, ${number(already)} already in ${group.name}` : ''
  const [only] = from
  const sources = from.length === 1 && only && !already ? `, from ${only.name}` : `: ${sourcesText(from)}${here}`
  return [`${customers(selected)} selected${sources}.`, `${group.name} replaces their current primary group.`]
}
