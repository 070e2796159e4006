import { sql } from 'kysely'
import type { Em } from '../orm.ts'
import { rows } from '../rows.ts'

/** The payload of each kind of job. src/jobs/tasks.ts runs them. */
export interface Jobs {
  'rank-period': { groupId: number; days: number | null; shopId: number | null }
  'count-buyers': { days: number | null; shopId: number | null }
  overview: { groupId: number }
  operation: { operationId: number }
  'check-import': { importId: number }
  'forget-import': { importId: number }
}

const MOST_TRIES = 5
/** The queue takes lower numbers first. What somebody waits for comes before figures that are only looked at. */
const PRIORITIES: Record<keyof Jobs, number> = {
  operation: 0,
  'check-import': 0,
  'rank-period': 1,
  overview: 1,
  'count-buyers': 2,
  'forget-import': 3
}

/**
 * Puts a job into the queue, in em's transaction: it runs after the commit, in whichever process is free. If a job with
 * the same key is already waiting, no second one is added.
 */
export async function addJob<Kind extends keyof Jobs>(
  em: Em,
  kind: Kind,
  told: Jobs[Kind],
  key: string
): Promise<void> {
  await rows(em, sql`select ${addJobCall(kind, told, key)}`)
}

/**
 * Puts a job into the queue unless one with the same key is waiting or running. However many people ask while it lasts,
 * it runs once.
 */
export async function askOnce<Kind extends keyof Jobs>(
  em: Em,
  kind: Kind,
  told: Jobs[Kind],
  key: string
): Promise<void> {
  await rows(
    em,
    sql`
    select ${addJobCall(kind, told, key)} where not exists (
      select from graphile_worker.jobs where key = ${key} and (locked_at is not null or attempts < max_attempts)
    )
  `
  )
}

function addJobCall<Kind extends keyof Jobs>(kind: Kind, told: Jobs[Kind], key: string) {
  return sql`
    graphile_worker.add_job(
      identifier => ${kind}, payload => ${JSON.stringify(told)}::json, job_key => ${key},
      job_key_mode => 'preserve_run_at', max_attempts => ${MOST_TRIES},
      priority => ${PRIORITIES[kind]}::int)
  `
}
