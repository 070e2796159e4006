import type { FastifyReply } from 'fastify'
import { sql } from 'kysely'
import { DEFAULT_GROUP } from '../../db/fixed.ts'
import type { Em } from '../../db/orm.ts'
import type { Group } from '../../groups/group.ts'
import { findGroup } from '../../groups/queries.ts'
import { noWayBack } from '../../groups/rights.ts'
import { customers, noWayBackSentence, number, sourcesText } from '../../groups/sentences.ts'
import { settingsOf } from '../../groups/settings.ts'
import type { Debts } from '../../impact/debts.ts'
import { debtsOfSelected, type Effect, effectOf } from '../../impact/effects.ts'
import { gainsOf, gainsText, lossesOf, lossesText } from '../../impact/losses.ts'
import { openSelection, type Purpose, type Selection } from '../../selections/selection.ts'
import type { SignedIn } from '../../staff/sessions.ts'
import { actorOf, signedIn } from '../shared/access.ts'
import { type Heading, heading } from './heading.ts'
import type { PickerList } from './picker-form.ts'
import { pathOf, type Request } from './picker-page.ts'

declare module '../../web/view.ts' {
  interface Views {
    'groups/confirm': Heading & {
      group: Group
      purpose: Purpose
      path: string
      picked: PickerList
      selectionId: string
      selected: number
      /** What will happen, one sentence each. */
      lines: string[]
      /** The debts of those selected who could no longer buy on account. */
      debts: Debts | null
      /** A sentence if the user can't move them back; null if they can. */
      noWayBack: string | null
      /** How many of those selected would lose on-account sale. */
      losing: number
      button: string
    }
  }
}

/**
 * Whether the effects must be confirmed: customers would leave a group other than Default (docs/rules.md, 5), or lose
 * something that it lets a till do.
 */
export async function needsConfirmation(
  em: Em,
  group: Group,
  purpose: Purpose,
  selection: Selection
): Promise<boolean> {
  if (group.isList) return false
  const effect = await effectOf(em, group, purpose, selection)
  if (effect.from.some(({ id }) => id !== DEFAULT_GROUP)) return true
  const { target, from } = await moveOf(em, group, purpose, effect)
  return Object.values(lossesOf(target, from)).some((count) => count > 0)
}

async function groupsClosedBehind(em: Em, { from }: Effect, user: SignedIn): Promise<string[]> {
  return noWayBack(em, sql<{ id: number }>`select unnest(${from.map(({ id }) => id)}::int[]) as id`, user)
}

/**
 * The page that asks for confirmation. Its button is at the top, where the page before had nothing, and at the place of
 * the earlier button, at the bottom, there is nothing. So a second click, whatever causes it, confirms nothing. Null if
 * there is nobody left to ask about.
 */
export async function confirmationPage(
  request: Request,
  reply: FastifyReply,
  group: Group,
  purpose: Purpose,
  picked: PickerList
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
  const { target, from } = await moveOf(em, group, purpose, effect)
  const losses = lossesOf(target, from)
  const effects = [...lossesText(losses, debts !== null), ...gainsText(gainsOf(target, from))]
  const lines = [...linesOf(group, purpose, effect), ...effects]
  const closed = await groupsClosedBehind(em, effect, signedIn(request))
  const noWayBack = closed.length ? noWayBackSentence(closed) : null
  const shown = { selected: effect.selected, lines, debts, losing: losses.onAccount, noWayBack }
  return reply.page('groups/confirm', { ...heading(title), ...page, ...shown })
}

/** The group that those selected would join, and the groups that they would leave. */
async function moveOf(em: Em, group: Group, purpose: Purpose, { selected, already, from }: Effect) {
  if (purpose === 'add') return { target: group, from }
  return { target: await findGroup(em, DEFAULT_GROUP), from: [{ ...settingsOf(group), count: selected - already }] }
}

/** What a confirmation says beforehand. The numbers in the first line add up. */
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
