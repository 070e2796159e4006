import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { StartError } from '../config.ts'
import { Cluster } from './cluster.ts'
import { NOTE, recordMove } from './cluster-location.ts'
import { isRoot, readText, writePrivate } from './files.ts'
import { Holders } from './holders.ts'
import { PASSWORD, SUPERUSER_PASSWORD } from './roles.ts'

/** Moves the database of a data folder, unchanged, into a new folder beside it, and returns that folder. */
export async function moveDatabaseAside(dataDir: string): Promise<string> {
  const holders = new Holders(dataDir)
  try {
    return await holders.exclusively(async () => {
      const [other] = holders.alive()
      if (other) throw new StartError(`Process ${other.pid} uses ${dataDir}. Stop it, then start again.`)
      await new Cluster(dataDir).stop()
      return moveAside(dataDir)
    })
  } finally {
    holders.close()
  }
}

/**
 * Can be repeated if it was interrupted: the cluster, or the note of where it is, is moved after everything it needs.
 */
function moveAside(dataDir: string): string {
  const aside = makeBeside(dataDir)
  for (const name of [PASSWORD, SUPERUSER_PASSWORD])
    if (existsSync(join(dataDir, name))) writePrivate(aside, name, readText(dataDir, name))
  for (const name of [NOTE, 'postgres', 'postgres.log'])
    if (existsSync(join(dataDir, name))) renameSync(join(dataDir, name), join(aside, name))
  recordMove(aside)
  return aside
}

function makeBeside(dataDir: string): string {
  const moment = new Date().toISOString().replace(/\.\d+|\W/g, '')
  const aside = `${dataDir}.set-aside-${moment}`
  mkdirSync(aside, { mode: 0o700 })
  const { uid, gid, mode } = lstatSync(dataDir)
  if (isRoot()) chownSync(aside, uid, gid)
  chmodSync(aside, mode & 0o777)
  return aside
}
