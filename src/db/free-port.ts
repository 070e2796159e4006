import { createServer } from 'node:net'

/** Resolves to the wanted port of this machine if it is free, otherwise to any free port. */
export function freePort(wanted: number): Promise<number> {
  return new Promise((found, failed) => {
    const server = createServer().once('error', (error) => (wanted ? found(freePort(0)) : failed(error)))
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => found(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
