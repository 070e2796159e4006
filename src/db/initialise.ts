import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { StartError } from '../config.ts'
import { type ClusterLocation, recordLocation } from './cluster-location.ts'
import { chownAll, writePrivate } from './files.ts'
import { OWNER, PASSWORD, SUPERUSER, SUPERUSER_PASSWORD } from './roles.ts'

/**
 * Makes a cluster's files in a folder beside their place, and renames that when they are complete. A half-made cluster
 * is never taken for a whole one.
 */
export function initialise(dataDir: string, place: ClusterLocation): void {
  const { folder, binaries, runner } = place
  const half = join(folder, 'postgres.half')
  rmSync(half, { recursive: true, force: true })
  mkdirSync(half, { mode: 0o700 })
  chownAll(half, runner.identity)
  runToEnd(place, binaries.initdb, [
    ...['-D', half, '-U', SUPERUSER, '--auth-host=scram-sha-256', '--auth-local=reject'],
    ...['--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8', '--no-instructions']
  ])
  const single = ['--single', '-j', '-D', half, '-c', 'exit_on_error=true', '-c', 'log_min_error_statement=panic']
  runToEnd(place, binaries.postgres, [...single, 'postgres'], firstStatements(dataDir))
  const data = join(folder, 'postgres')
  rmSync(data, { recursive: true, force: true })
  renameSync(half, data)
  recordLocation(dataDir, place)
}

/**
 * The first statements of a cluster. The application's role may do anything in its own database and nothing outside it.
 */
function firstStatements(dataDir: string): string {
  const statements = [
    `alter role ${SUPERUSER} password '${newPassword(dataDir, SUPERUSER_PASSWORD)}'`,
    `create role ${OWNER} login password '${newPassword(dataDir, PASSWORD)}'`,
    `create database ${OWNER} owner ${OWNER}`
  ]
  return statements.map((one) => `${one};\n\n`).join('')
}

export function newPassword(dataDir: string, name: string): string {
  const password = randomBytes(24).toString('base64url')
  writePrivate(dataDir, name, password)
  return password
}

function runToEnd({ folder, runner }: ClusterLocation, program: string, args: string[], input = ''): void {
  const [file, given] = runner.command(program, args)
  const { status, stderr } = spawnSync(file, given, { ...runner.identity, cwd: folder, encoding: 'utf8', input })
  if (status !== 0) throw new StartError(`PostgreSQL could not make its files in ${folder}: ${errorLineOf(stderr)}`)
}

/** The line of PostgreSQL's log that says what went wrong: the last error, or else the last line. */
export function errorLineOf(text: string): string {
  const lines = text.trim().split('\n')
  const telling = lines.findLast((line) => /(FATAL|PANIC|error):/i.test(line))
  return telling ?? lines.at(-1) ?? 'no reason given'
}
