import { spawnSync } from 'node:child_process'
import {
  closeSync,
  constants,
  fchownSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync
} from 'node:fs'
import { join } from 'node:path'

export interface Owner {
  uid: number
  gid: number
}

export const ROOT = 0
export const isRoot = (): boolean => process.getuid?.() === ROOT

/**
 * Writes a file that only the data folder's owner can read, and returns its open descriptor. It always creates a new
 * file that replaces the old one: in a folder that belongs to another user, root would otherwise follow a link that
 * they put there.
 */
export function openPrivate(dataDir: string, name: string, text = ''): number {
  const unfinished = join(dataDir, `${name}.new`)
  rmSync(unfinished, { force: true })
  const file = openSync(
    unfinished,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_APPEND,
    0o600
  )
  writeSync(file, text)
  if (isRoot()) {
    const { uid, gid } = lstatSync(dataDir)
    fchownSync(file, uid, gid)
  }
  renameSync(unfinished, join(dataDir, name))
  return file
}

export function writePrivate(dataDir: string, name: string, text: string): void {
  closeSync(openPrivate(dataDir, name, text))
}

export const readText = (dataDir: string, name: string): string => readFileSync(join(dataDir, name), 'utf8').trim()

/** Gives a folder and everything in it to the user who runs PostgreSQL, if that is not this process's user. */
export function chownAll(folder: string, { uid, gid }: Partial<Owner>): void {
  if (uid !== undefined) spawnSync('chown', ['-RhP', `${uid}:${gid}`, folder])
}
