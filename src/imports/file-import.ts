import { defineEntity, p } from '@mikro-orm/core'
import { NO_GROUP } from '../db/fixed.ts'
import type { AsRead } from './as-read.ts'
import type { Plan } from './plan.ts'
import type { Mapping } from './reading/headers.ts'

export const OVER = ['done', 'cancelled', 'failed'] as const
const STATES = ['uploading', 'reading', 'asking-columns', 'asking-dates', 'checking', 'planned', ...OVER] as const
export type ImportState = (typeof STATES)[number]

const FileImportSchema = defineEntity({
  name: 'FileImport',
  tableName: 'file_import',
  properties: {
    id: p.integer().primary(),
    /** Of the form that it came with. */
    key: p.uuid(),
    /** NO_GROUP: those that the file names. */
    groupId: p.integer(),
    /** As it was called then; empty where there is none. */
    groupName: p.text(),
    isList: p.boolean(),
    fileName: p.text(),
    /** In bytes. */
    size: p.bigint('number'),
    /** Existing customers get the details that the file has for them. */
    updates: p.boolean(),
    state: p.enum(STATES),
    failure: p.text().nullable(),
    headers: p.json<string[]>(),
    mapping: p.json<Mapping>(),
    /** Some of its first rows, while it is asked which column is what. */
    samples: p.json<string[][]>(),
    /** Null as long as it doesn't matter, or nobody has said. */
    isDayFirst: p.boolean().nullable(),
    /** Its whole names are to be read in the other order than they were. */
    swapsNames: p.boolean(),
    /** How its dates and names were read; null before there is a plan. */
    asRead: p.json<AsRead>().nullable(),
    keptPlan: p.json<Partial<Plan>>().fieldName('plan').nullable(),
    /** What came out otherwise than planned. */
    changes: p.json<Changed[]>(),
    /** The latest that carries it out. */
    operationId: p.integer().nullable(),
    askedById: p.integer().fieldName('asked_by'),
    /** Moments are text, as an operation's are. */
    askedAt: p.text(),
    endedAt: p.text().nullable(),

    // What is known from other rows.
    askedBy: p
      .text()
      .formula(({ askedById }) => `(select person.name from staff_member person where person.id = ${askedById})`)
      .fieldName('asked_by_name'),
    /** While it is read. */
    rows: p.integer().formula(({ id }) => `coalesce(${ofProgress('rows', id)}, 0)`),
    bytes: p.bigint('number').formula(({ id }) => `coalesce(${ofProgress('bytes', id)}, 0)`),
    begunAt: p
      .text()
      .formula(({ id }) => ofProgress('begun_at', id))
      .nullable(),
    tries: p.integer().formula(({ id }) => `coalesce(${ofProgress('tries', id)}, 0)`)
  }
})

function ofProgress(column: string, id = 'id'): string {
  return `(select progress.${column} from import_progress progress where progress.import_id = ${id})`
}

/** A plan that was made before strangers were told apart has nothing of theirs. */
const NO_STRANGERS = { stranger: 0, ticked: 0, leftOut: [], noted: 0 }

/** A file of customers for one group, or for those that it names, from its upload to what became of each of its rows. */
export class FileImport extends FileImportSchema.class {
  // Always read, and null where there is none.
  declare isDayFirst: boolean | null
  declare asRead: AsRead | null
  declare operationId: number | null
  declare begunAt: string | null

  /** Each row says into which groups; one that says nothing makes a customer all the same. */
  get isIntoNamed(): boolean {
    return this.groupId === NO_GROUP
  }

  /** It goes on by itself. */
  get isBusy(): boolean {
    return this.state === 'uploading' || this.state === 'reading' || this.state === 'checking'
  }

  get plan(): Plan | null {
    return this.keptPlan ? ({ ...NO_STRANGERS, ...this.keptPlan } as Plan) : null
  }

  /** Where such a file is uploaded. */
  get start(): string {
    return this.isIntoNamed ? '/customers/import' : `/groups/${this.groupId}/import`
  }

  /** Where its customers are. */
  get home(): string {
    return this.isIntoNamed ? '/customers' : `/groups/${this.groupId}/customers`
  }
}
FileImportSchema.setClass(FileImport)

/** So many rows were planned to end in one bucket and ended in another. */
export interface Changed {
  was: string
  now: string
  count: number
}

/** What a file is called that was called by somebody's name. */
export const NAMELESS = 'A file'
