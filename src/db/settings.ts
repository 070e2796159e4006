import { totalmem } from 'node:os'

const MB = 1024 ** 2

/**
 * An eighth of the machine's memory, so that a shop's machine has enough for all else, and a gigabyte at most: there a million
 * customers fit in. With PostgreSQL's own 128 MB a search among them took three times as long.
 */
function sharedBuffers(): string {
  const memory = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY)
  return `${Math.min(1024, Math.max(128, Math.floor(memory / 8 / MB)))}MB`
}

/** How the embedded PostgreSQL runs. */
export const SETTINGS = {
  shared_buffers: sharedBuffers(),
  max_connections: '100',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  // A refused statement is answered to us, who log it without its values; here it would leave customers' data in a file.
  log_min_messages: 'log',
  log_min_error_statement: 'panic'
}
