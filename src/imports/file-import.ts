import { defineEntity, p } from '@mikro-orm/core'
import { NO_GROUP } from '../db/fixed.ts'
import type { Interpretation } from './interpretation.ts'
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
    /** The key of the form that it came with. */
    key: p.uuid(),
    /** NO_GROUP if the customers go into the groups that the file names. */
    groupId: p.integer(),
    /** The group's name at the time of the upload; empty if there is no single group. */
    groupName: p.text(),
    isList: p.boolean(),
    fileName: p.text(),
    /** The file's size in bytes. */
    size: p.bigint('number'),
    /** True if existing customers get the details that the file has for them. */
    updates: p.boolean(),
    state: p.enum(STATES),
    failure: p.text().nullable(),
    headers: p.json<string[]>(),
    mapping: p.json<Mapping>(),
    /** Some of the first rows, shown while somebody is asked what each column holds. */
    samples: p.json<string[][]>(),
    /** Null if it doesn't matter, or if nobody has answered yet. */
    isDayFirst: p.boolean().nullable(),
    /** True if whole names that were read already are to be read in the other order. */
    swapsNames: p.boolean(),
    /** How the file's dates and names were interpreted; null before there is a plan. */
    asRead: p.json<Interpretation>().nullable(),
    keptPlan: p.json<Partial<Plan>>().fieldName('plan').nullable(),
    /** The rows whose result differed from the plan. */
    changes: p.json<BucketChange[]>(),
    /** The latest operation that carries out the plan; null if there is none. */
    operationId: p.integer().nullable(),
    askedById: p.integer().fieldName('asked_by'),
    /** Moments are text, as those of an operation are. */
    askedAt: p.text(),
    endedAt: p.text().nullable(),

    // The following properties come from other rows.
    askedBy: p
      .text()
      .formula(({ askedById }) => `(select person.name from staff_member person where person.id = ${askedById})`)
      .fieldName('asked_by_name'),
    /** The number of rows and bytes read so far. */
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

/** Values that a plan lacks if it was made before strangers had a bucket of their own. */
const NO_STRANGERS = { stranger: 0, ticked: 0, leftOut: [], noted: 0 }

/**
 * The import of a file of customers into one group, or into the groups that the file names. It lasts from the upload to
 * the result of each row.
 */
export class FileImport extends FileImportSchema.class {
  // These are always loaded, and null if there is no value.
  declare isDayFirst: boolean | null
  declare asRead: Interpretation | null
  declare operationId: number | null
  declare begunAt: string | null

  /** True if each row names its own groups. A row that names none still creates a customer. */
  get isIntoNamed(): boolean {
    return this.groupId === NO_GROUP
  }

  /** True if the import proceeds without an answer from anybody. */
  get isBusy(): boolean {
    return this.state === 'uploading' || this.state === 'reading' || this.state === 'checking'
  }

  get plan(): Plan | null {
    return this.keptPlan ? ({ ...NO_STRANGERS, ...this.keptPlan } as Plan) : null
  }

  /** The address of the page where a file like this one is uploaded. */
  get start(): string {
    return this.isIntoNamed ? '/customers/import' : `/groups/${this.groupId}/import`
  }

  /** The address of the page that lists its customers. */
  get home(): string {
    return this.isIntoNamed ? '/customers' : `/groups/${this.groupId}/customers`
  }
}
FileImportSchema.setClass(FileImport)

/** How many rows were planned to end in one bucket and ended in another. */
export interface BucketChange {
  was: string
  now: string
  count: number
}

/** The name of a file whose real name was erased, because it named somebody. */
export const NAMELESS = 'A file'
