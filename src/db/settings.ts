import { totalmem } from 'node:os'

const MB = 1024 ** 2

/**
 * The size of PostgreSQL's cache: an eighth of the machine's memory, which leaves enough for everything else, and at
 * most a gigabyte, which holds a million customers. With PostgreSQL's default of 128 MB, a search among a million took
 * three times as long.
 */
function sharedBuffers(): string {
  const memory = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY)
  return `${Math.min(1024, Math.max(128, Math.floor(memory / 8 / MB)))}MB`
}

/** The settings of the embedded PostgreSQL. */
export const SETTINGS = {
  shared_buffers: sharedBuffers(),
  max_connections: '100',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  // The errors of statements reach Clientele, which logs them without values. In PostgreSQL's own log they would leave
  // customers' data in a file.
  log_min_messages: 'log',
  log_min_error_statement: 'panic'
}
