import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Debts } from '../../impact/debts.ts'
import { type CorrectableRow, listCorrectable, type RefusedValues } from '../../imports/correctable-rows.ts'
import { type DateExample, findDateExample } from '../../imports/dates.ts'
import { MOST_XLSX_ERRORS } from '../../imports/error-file.ts'
import type { FileImport } from '../../imports/file-import.ts'
import { type ImportHeading, importHeading } from '../../imports/heading.ts'
import { countGroups, listGroups, type NamedGroup } from '../../imports/named/groups.ts'
import { debtsOfJoining } from '../../imports/plan.ts'
import type { Mapping } from '../../imports/reading/headers.ts'
import { isDayFirst } from '../../imports/reading/row.ts'
import { findReadingExamples, type ReadingExamples } from '../../imports/reading-examples.ts'
import { listRemaining } from '../../imports/undo.ts'
import type { FieldErrors } from '../../lib/field-errors.ts'
import { findOperation, type Operation } from '../../operations/operation.ts'
import { resultSentence } from '../../operations/sentences.ts'
import type { Flash } from '../../web/view.ts'
import { retailerOf } from '../shared/access.ts'
import { type Count, countsOf } from './counts.ts'

type Person = { id: number; name: string }

declare module '../../web/view.ts' {
  interface Views {
    'imports/show': ImportHeading & {
      file: FileImport
      /** What each of its columns holds, as far as it is known or was just chosen. */
      mapping: Mapping
      /** The operation that carries the import out, or has done so. */
      operation: Operation | null
      result: string | null
      counts: Count[]
      canUndo: boolean
      /** The first rows with errors. */
      wrong: CorrectableRow[]
      /** A message about the row that was just corrected. */
      told: Flash | null
      /** The debts of those who would lose on-account sale; null if there are none, or no plan. */
      debts: Debts | null
      /** Whether the rows with errors are few enough for an XLSX file. */
      offersXlsx: boolean
      example: DateExample | null
      /** How the file was read; null if it has no plan. */
      reading: ReadingExamples | null
      /** The first of the groups that the file names, and how many there are. */
      groups: NamedGroup[]
      counted: { groups: number; lists: number; inPrimary: number } | null
      /** Whether the retailer's country writes the day before the month. */
      isDayFirst: boolean
      /** For how many seconds the file has been read. */
      seconds: number
      stayed: Person[]
      errors: FieldErrors
      refresh: { seconds: number; href: string } | null
    }
  }
}

const SHOWN_ERRORS = 20
/** How many rows with errors are shown with fields, of which each wrong cell has one. */
const SHOWN_FORMS = 5
const SHOWN_GROUPS = 15

interface PageContent {
  errors?: FieldErrors
  refusal?: string | null
  told?: Flash | null
  typed?: RefusedValues | null
  mapping?: Mapping
}

export async function importPage(
  request: FastifyRequest,
  reply: FastifyReply,
  file: FileImport,
  { errors = {}, refusal = null, told = null, typed = null, mapping = file.mapping }: PageContent = {}
) {
  const { em, now } = request
  const operation = file.operationId === null ? null : await findOperation(em, file.operationId)
  const isUnderWay = file.isBusy || operation?.isOpen === true
  const hasErrors = file.state === 'planned' || file.state === 'done'
  const page = {
    ...importHeading(file),
    file,
    mapping,
    operation,
    result: refusal ?? (operation && !operation.isOpen ? resultOf(operation) : null),
    counts: countsOf(file, operation),
    canUndo: operation !== null && operation.whyNotUndone(now) === null,
    wrong: hasErrors
      ? await listCorrectable(em, file, {
          after: 0,
          limit: file.state === 'planned' ? SHOWN_FORMS : SHOWN_ERRORS,
          typed
        })
      : [],
    told,
    debts: file.state === 'planned' ? await debtsOfJoining(em, file) : null,
    offersXlsx: (file.plan?.wrong ?? 0) <= MOST_XLSX_ERRORS,
    example: file.state === 'asking-dates' ? await findDateExample(em, file.id) : null,
    groups: hasErrors && file.isIntoNamed ? await listGroups(em, file.id, 0, SHOWN_GROUPS) : [],
    counted: hasErrors && file.isIntoNamed ? await countGroups(em, file.id) : null,
    reading: file.state === 'planned' ? await findReadingExamples(em, file) : null,
    isDayFirst: isDayFirst(retailerOf(request).locale),
    seconds: file.begunAt === null ? 0 : Math.max(0, (now.getTime() - new Date(file.begunAt).getTime()) / 1000),
    stayed: operation?.undoneBy ? await listRemaining(em, operation.id) : [],
    errors,
    refresh: isUnderWay ? { seconds: 1, href: `/imports/${file.id}` } : null
  }
  return reply.page('imports/show', page, 'imports/_show')
}

function resultOf(operation: Operation): string {
  if (operation.state === 'cancelled') return 'Cancelled: no customers were added.'
  return operation.state === 'failed' ? (operation.failure ?? 'No customers were added.') : resultSentence(operation)
}
