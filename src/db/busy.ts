import pg from 'pg'

/** Ends a connection without a word to the other side, which may never hear it. Whoever waits for its answer is told. */
export function cut(client: pg.ClientBase): void {
  if (client instanceof pg.Client) client.connection.stream.destroy(new Error('The database did not answer in time'))
}

/**
 * A connection that is given back while its answer is still to come, as pg does when a query has taken too long, would keep
 * the next one waiting for the same answer: it is cut instead.
 */
export function cutBusy(pool: pg.Pool): void {
  pool.on('release', (_, client) => {
    if ('readyForQuery' in client && !client.readyForQuery) cut(client)
  })
}
