import { spawn } from 'node:child_process'
import { chmodSync, closeSync, existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { StartError } from '../config.ts'
import { findBinaries } from './binaries.ts'
import {
  type ClusterLocation,
  chooseLocation,
  clusterOf,
  findLocation,
  type Purpose,
  recordedFolder,
  refuseForeignFolder
} from './cluster-location.ts'
import { openPrivate, readText, writePrivate } from './files.ts'
import { freePort } from './free-port.ts'
import { errorLineOf, initialise, newPassword } from './initialise.ts'
import { endOrphans, postmasterOf } from './postmaster.ts'
import { allowDatabases, demoteOwner, isSuperuser, OWNER, PASSWORD, SUPERUSER, SUPERUSER_PASSWORD } from './roles.ts'
import { SETTINGS } from './settings.ts'
import { refuseOtherMajor } from './version.ts'

/**
 * Replaying its log after a crash may take PostgreSQL minutes on a slow disk. It is waited for as long as the server
 * lives.
 */
const START_MS = 10 * 60_000
const STOP_MS = 10_000

const NEVER = new AbortController().signal

/** The PostgreSQL cluster of a data folder: its files, and the server that runs on them. */
export class Cluster {
  readonly #dir: string
  readonly #purpose: Purpose
  readonly #settings: Record<string, string>

  constructor(dataDir: string, purpose: Purpose = 'lasting', settings: Record<string, string> = {}) {
    this.#dir = resolve(dataDir)
    this.#purpose = purpose
    this.#settings = { ...SETTINGS, ...settings }
  }

  get #data(): string {
    return clusterOf(this.#dir)
  }

  url(database: string, role = OWNER): string {
    const password = readText(this.#dir, role === OWNER ? PASSWORD : SUPERUSER_PASSWORD)
    return `postgres://${role}:${password}@127.0.0.1:${readText(this.#dir, 'postgres.port')}/${database}`
  }

  get isRunning(): boolean {
    return postmasterOf(this.#data) !== null
  }

  /** Makes the files if there are none, starts the server unless it runs, and resolves when it answers. */
  async ensureRunning(): Promise<void> {
    if (this.isRunning) {
      await this.#untilReady(() => this.isRunning, NEVER)
    } else {
      if (!this.#isMade) initialise(this.#dir, chooseLocation(this.#dir, await findBinaries(), this.#purpose))
      await this.restart(NEVER)
    }
    await this.#demoteOwner()
  }

  /** Starts a server that has died, unless another process has. Files that are gone are not made anew. */
  async restart(stopped: AbortSignal): Promise<void> {
    if (this.isRunning) return
    refuseForeignFolder(this.#dir)
    refuseOtherMajor(this.#data)
    await this.#start(findLocation(this.#dir, await findBinaries()), stopped)
  }

  get #isMade(): boolean {
    return recordedFolder(this.#dir) !== null || (existsSync(this.#data) && readdirSync(this.#data).length > 0)
  }

  /**
   * Starts the server in a process group of its own, so that a Ctrl-C in the terminal ends Clientele before its
   * database.
   */
  async #start({ folder, runner, binaries }: ClusterLocation, stopped: AbortSignal): Promise<void> {
    await endOrphans(this.#data)
    // A copy or a restored backup may have wider permissions than PostgreSQL accepts.
    chmodSync(this.#data, 0o700)
    if (folder !== this.#dir) console.error(`PostgreSQL’s files are in ${folder}, which ${this.#dir} names.`)
    // The port stays the same if it is free, so that a process that holds the old address finds the new server there.
    const port = await freePort(
      existsSync(join(this.#dir, 'postgres.port')) ? Number(readText(this.#dir, 'postgres.port')) : 0
    )
    writePrivate(this.#dir, 'postgres.port', String(port))
    const settings = Object.entries({ ...this.#settings, port }).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const [file, args] = runner.command(binaries.postgres, ['-D', this.#data, ...settings])
    const log = openPrivate(this.#dir, 'postgres.log')
    const child = spawn(file, args, { ...runner.identity, cwd: folder, detached: true, stdio: ['ignore', log, log] })
    child.unref()
    closeSync(log)
    const isAlive = () => child.exitCode === null && child.signalCode === null
    try {
      await this.#untilReady(isAlive, stopped)
    } catch (error) {
      child.kill('SIGINT')
      throw error
    }
  }

  async #untilReady(isAlive: () => boolean, stopped: AbortSignal): Promise<void> {
    for (const deadline = Date.now() + START_MS; Date.now() < deadline && !stopped.aborted; await sleep(50)) {
      if (await this.#answers()) return
      if (!isAlive()) break
    }
    throw new StartError(
      `PostgreSQL did not start in ${this.#dir}: ${errorLineOf(readText(this.#dir, 'postgres.log'))}`
    )
  }

  async #answers(): Promise<boolean> {
    // This stands outside the try block because a password file that can't be read is no reason to go on waiting.
    const url = this.url(SUPERUSER)
    try {
      await this.#ask(url, async () => {})
      return true
    } catch (error) {
      if (!isWrongPassword(error)) return false
      throw new StartError(
        `The password in ${join(this.#dir, PASSWORD)} does not open the database there. Restore both from the same backup.`
      )
    }
  }

  async #demoteOwner(): Promise<void> {
    if (await this.#ask(this.url(SUPERUSER), isSuperuser)) {
      await demoteOwner(
        (database) => this.url(database),
        () => newPassword(this.#dir, SUPERUSER_PASSWORD)
      )
    }
  }

  async #ask<Answer>(url: string, question: (client: pg.Client) => Promise<Answer>): Promise<Answer> {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
    client.on('error', () => {})
    try {
      await client.connect()
      return await question(client)
    } finally {
      await client.end().catch(() => {})
    }
  }

  allowDatabases(): Promise<void> {
    return allowDatabases(this.url(SUPERUSER, SUPERUSER))
  }

  /** Ends the server. Transactions that are open are rolled back. */
  async stop(): Promise<void> {
    const pid = postmasterOf(this.#data)
    if (pid === null) return
    process.kill(pid, 'SIGINT')
    for (const deadline = Date.now() + STOP_MS; Date.now() < deadline; await sleep(25)) {
      if (!this.isRunning) return
    }
  }
}

const isWrongPassword = (error: unknown) => error instanceof pg.DatabaseError && error.code === '28P01'
