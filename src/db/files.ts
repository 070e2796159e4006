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
 * Writes a file that is private to a data folder's owner, and answers it open. Always a new one put in the place of the old: in a folder of
 * somebody else root would follow a link of theirs.
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

/** Gives a folder and all in it to who runs PostgreSQL, unless that is us. */
export function giveAll(folder: string, { uid, gid }: Partial<Owner>): void {
  if (uid !== undefined) spawnSync('chown', ['-RhP', `${uid}:${gid}`, folder])
}
