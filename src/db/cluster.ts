import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync
} from 'node:fs'
import { createServer } from 'node:net'
import { totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { StartError } from '../config.ts'
import { type Binaries, canRun, chooseRunner, findBinaries, type Runner } from './binaries.ts'
import { endOrphans, postmasterOf } from './postmaster.ts'

const MAJOR = '18'
const USER = 'clientele'

/** Replaying its log after a crash may take a slow disk minutes; while the server lives, we wait. */
const START_MS = 10 * 60_000
const STOP_MS = 10_000

const MB = 1024 ** 2

/**
 * An eighth of the machine's memory, so that a shop's machine has enough for all else, and a gigabyte at most: there a million
 * customers fit in. With PostgreSQL's own 128 MB a search among them took three times as long.
 */
function sharedBuffers(): string {
  const memory = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY)
  return `${Math.min(1024, Math.max(128, Math.floor(memory / 8 / MB)))}MB`
}

const SETTINGS = {
  shared_buffers: sharedBuffers(),
  max_connections: '100',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  // A refused statement is answered to us, who log it without its values; here it would leave customers' data in a file.
  log_min_messages: 'log',
  log_min_error_statement: 'panic'
}

/** The PostgreSQL of a data folder: its files, and the server that runs on them. */
export class Cluster {
  readonly #dir: string
  readonly #settings: Record<string, string>

  constructor(dataDir: string, settings: Record<string, string>) {
    this.#dir = resolve(dataDir)
    this.#settings = { ...SETTINGS, ...settings }
  }

  get #data(): string {
    return join(this.#dir, 'postgres')
  }

  url(database: string): string {
    const [password, port] = ['postgres.password', 'postgres.port'].map((name) => this.#read(name).trim())
    return `postgres://${USER}:${password}@127.0.0.1:${port}/${database}`
  }

  /** Makes the files if they are not there, starts the server unless it runs, and answers when it does. */
  async ensureRunning(): Promise<void> {
    if (postmasterOf(this.#data) !== null) return this.#untilReady(() => postmasterOf(this.#data) !== null)
    const binaries = await findBinaries()
    const runner = chooseRunner(this.#dir)
    if (!existsSync(this.#data) || readdirSync(this.#data).length === 0) this.#initialise(binaries, runner)
    this.#refuseOtherMajor()
    await this.#start(binaries, runner)
  }

  /** Into a folder beside, renamed when it is whole: one that was interrupted is never taken for a cluster. */
  #initialise({ initdb }: Binaries, runner: Runner): void {
    const half = join(this.#dir, 'postgres.half')
    rmSync(half, { recursive: true, force: true })
    if (runner.identity.uid !== undefined) this.#giveTo(runner, this.#dir)
    this.#write(runner, 'postgres.password', randomBytes(24).toString('base64url'))
    if (!canRun(runner, initdb, this.#dir)) throw new StartError(NOBODY_MAY_ENTER)
    const [file, args] = runner.command(initdb, [
      ...['-D', half, '-U', USER, `--pwfile=${join(this.#dir, 'postgres.password')}`, '--auth=scram-sha-256'],
      ...['--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8', '--no-instructions']
    ])
    const made = spawnSync(file, args, { ...runner.identity, cwd: this.#dir, encoding: 'utf8' })
    if (made.status !== 0) {
      throw new StartError(`PostgreSQL could not make its files in ${this.#dir}: ${tellingLine(made.stderr)}`)
    }
    rmSync(this.#data, { recursive: true, force: true })
    renameSync(half, this.#data)
  }

  #refuseOtherMajor(): void {
    if (!existsSync(join(this.#data, 'PG_VERSION'))) {
      throw new StartError(
        `${this.#data} is damaged: it is not a whole PostgreSQL cluster. Restore it from a backup, or move it away to begin anew.`
      )
    }
    const version = this.#read(join('postgres', 'PG_VERSION')).trim()
    if (version === MAJOR) return
    throw new StartError(
      `${this.#data} was made by PostgreSQL ${version}, and this is ${MAJOR}. Dump it with the old one and restore it, or name another DATA_DIR.`
    )
  }

  /** In a process group of its own, so that a Ctrl-C in the terminal ends us but not the database under our feet. */
  async #start({ postgres }: Binaries, runner: Runner): Promise<void> {
    await endOrphans(this.#data)
    // A copy or a restored backup may have come with wider permissions than PostgreSQL accepts.
    chmodSync(this.#data, 0o700)
    // The same port as before, if it is free: whoever still holds the old address finds the new server there.
    const port = await freePort(existsSync(join(this.#dir, 'postgres.port')) ? Number(this.#read('postgres.port')) : 0)
    this.#write(runner, 'postgres.port', String(port))
    this.#write(runner, 'postgres.log', '')
    const settings = Object.entries({ ...this.#settings, port }).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const [file, args] = runner.command(postgres, ['-D', this.#data, ...settings])
    const log = openSync(join(this.#dir, 'postgres.log'), 'a')
    const child = spawn(file, args, { ...runner.identity, cwd: this.#dir, detached: true, stdio: ['ignore', log, log] })
    child.unref()
    closeSync(log)
    await this.#untilReady(() => child.exitCode === null && child.signalCode === null)
  }

  async #untilReady(isAlive: () => boolean): Promise<void> {
    for (const deadline = Date.now() + START_MS; Date.now() < deadline; await sleep(50)) {
      if (await this.#answers()) return
      if (!isAlive()) break
    }
    throw new StartError(`PostgreSQL did not start in ${this.#dir}: ${tellingLine(this.#read('postgres.log'))}`)
  }

  async #answers(): Promise<boolean> {
    const client = new pg.Client({ connectionString: this.url('postgres'), connectionTimeoutMillis: 2_000 })
    client.on('error', () => {})
    try {
      await client.connect()
      const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [USER])
      if (!rowCount) await client.query(`create database ${USER}`)
      return true
    } catch (error) {
      if (!isWrongPassword(error)) return false
      throw new StartError(
        `The password in ${join(this.#dir, 'postgres.password')} is not the one of the database there.`
      )
    } finally {
      await client.end().catch(() => {})
    }
  }

  /** Ends the server; what it was doing for others is rolled back. */
  async stop(): Promise<void> {
    const pid = postmasterOf(this.#data)
    if (pid === null) return
    process.kill(pid, 'SIGINT')
    for (const deadline = Date.now() + STOP_MS; Date.now() < deadline; await sleep(25)) {
      if (postmasterOf(this.#data) === null) return
    }
  }

  #read(name: string): string {
    return readFileSync(join(this.#dir, name), 'utf8')
  }

  #write(runner: Runner, name: string, text: string): void {
    writeFileSync(join(this.#dir, name), text, { mode: 0o600 })
    this.#giveTo(runner, join(this.#dir, name))
  }

  #giveTo({ identity: { uid, gid } }: Runner, path: string): void {
    if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid)
  }
}

const NOBODY_MAY_ENTER =
  'PostgreSQL does not run as root, and no other user may enter this folder. Run Clientele as an ordinary user, move it to a folder that others may enter, or set DATABASE_URL.'

const isWrongPassword = (error: unknown) => error instanceof pg.DatabaseError && error.code === '28P01'

function tellingLine(text: string): string {
  const lines = text.trim().split('\n')
  const telling = lines.findLast((line) => /(FATAL|PANIC|error):/i.test(line))
  return telling ?? lines.at(-1) ?? 'no reason given'
}

function freePort(wanted: number): Promise<number> {
  return new Promise((found, failed) => {
    const server = createServer().once('error', (error) => (wanted ? found(freePort(0)) : failed(error)))
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => found(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
