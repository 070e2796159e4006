import pg from 'pg'

/**
 * A connection that is given back while its answer is still to come, as pg does when a query has taken too long, would keep
 * the next one waiting for the same answer: it is cut instead.
 */
export function cutBusy(pool: pg.Pool): void {
  pool.on('release', (_, client) => {
    const isBusy = client instanceof pg.Client && 'readyForQuery' in client && !client.readyForQuery
    if (isBusy) client.connection.stream.destroy(new Error('The database did not answer in time'))
  })
}
