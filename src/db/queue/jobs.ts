import { sql } from 'kysely'
import type { Em } from '../orm.ts'
import { rows } from '../rows.ts'

/** What each kind of job is told; tasks.ts does them. */
export interface Jobs {
  'rank-period': { groupId: number; days: number }
  'count-buyers': { days: number }
  overview: { groupId: number }
  operation: { operationId: number }
  'check-import': { importId: number }
  'forget-import': { importId: number }
}

const MOST_TRIES = 5
/** The larger, the later: what somebody waits for goes before figures that are only looked at. */
const PRIORITIES: Record<keyof Jobs, number> = {
  operation: 0,
  'check-import': 0,
  'rank-period': 1,
  overview: 1,
  'count-buyers': 2,
  'forget-import': 3
}

/**
 * Puts a job into the queue, in em's transaction: it runs once that has committed, in whichever process is free. A job that
 * waits under the same key already is that job.
 */
export async function addJob<Kind extends keyof Jobs>(
  em: Em,
  kind: Kind,
  told: Jobs[Kind],
  key: string
): Promise<void> {
  await rows(em, sql`select ${added(kind, told, key)}`)
}

/** As addJob(), but also a job that is under way is that job: however many ask while it lasts, they ask for one. */
export async function askOnce<Kind extends keyof Jobs>(
  em: Em,
  kind: Kind,
  told: Jobs[Kind],
  key: string
): Promise<void> {
  await rows(
    em,
    sql`
    select ${added(kind, told, key)} where not exists (
      select from graphile_worker.jobs where key = ${key} and (locked_at is not null or attempts < max_attempts)
    )
  `
  )
}

function added<Kind extends keyof Jobs>(kind: Kind, told: Jobs[Kind], key: string) {
  return sql`
    graphile_worker.add_job(
      identifier => ${kind}, payload => ${JSON.stringify(told)}::json, job_key => ${key},
      job_key_mode => 'preserve_run_at', max_attempts => ${MOST_TRIES},
      priority => ${PRIORITIES[kind]}::int)
  `
}
